"""The vocabulary of cues: regular expressions in verbose form (a space is written "\\ "), any case.

It is general usage of news sites in the languages named, not that of any one site.
"""

# Heads rails that are the same on every page, or chosen by a machine for the reader, or lists of others.
# Searched for anywhere in a heading, from the start of a word.
OUT = r"""
  most\ (?:read|popular|viewed|shared|commented|recent|watched|clicked|emailed|discussed|
    talked|liked) | popular | trending
  | top\ (?:stories|news|headlines|videos?|reads|picks|posts|articles|read|\d+)\b | \blatest\b
  | \brecent(?:ly)?\b(?!\ related) | just\ in\b | breaking | headlines | \bhot\b | newest
  | what'?s\ new | recommend(?:ed|ations?) | sponsored | promoted | partner
  | paid\ (?:content|post) | advertis | around\ the\ web
  | from\ (?:around|across|elsewhere|our\ (?:partners|network|sponsors|advertisers)|the\ web)
  | (?:may|might|could|will|would)\ (?:also\ )?(?:like|enjoy|love|be\ interested|have\ missed)
  | you'?ll\ (?:also\ )?(?:like|love) | for\ you\b | picked\ for | in\ case\ you\ missed
  | \bicymi\b | must[-\ ](?:reads?|see|watch) | ^(?:sources?|references)\W*$
  | footnotes | citations | editor'?s?'?\ (?:picks?|choice)
  | staff\ picks? | our\ picks | featured | spotlight | highlights
  | more\ (?:from|by|in\b|stories|news|headlines|videos?|articles|posts|content|must|great|
    top|latest|to\ explore|coverage\ from)
  | more\ \S+\ (?:news|stories|headlines|articles|videos)$
  | other\ (?:news|headlines|sites|sections) | read\ more\ (?:from|by|in\b|stories|news|articles)
  | read\ (?:the\ )?latest | also\ (?:by|in\b|from)
  | (?:next|previous)\ (?:up|post|article|story|in\b) | up\ next | \bprev\b | people\b
  | readers?\b | others\ are\b | we'?re\ (?:reading|watching) | ^also\ on\b | before\ you\ go
  | never\ miss | stay\b | products? | ^watch\W*$ | now\ (?:watch|playing|trending)
  | watch\ (?:now|next|more|live) | \bvideos?\b | \bpodcasts?\b | photos?\b | galler(?:y|ies)
  | newsletters? | sign\ up | subscri(?:be|ption) | follow | share\b | sharing | e-?mail | print\b
  | download | \bapps?\b | \btags?\b | tagged | \btopics\b | keywords | categor(?:y|ies)
  | sections? | filed\ under | posted\ in | in\ this\ (?:article|story|section) | stories\ about
  | read\ more\ (?:stories\ )?about: | about\ (?:the\ author|us|this) | authors? | by\ the\ same
  | contributors? | comments? | discussion | conversation | reply | advertisement | \bads?\b
  | shop(?:ping)? | \bdeals?\b | \bbuy\b | coupons? | store\b | best\ (?:of|picks|deals)? | jobs
  | events | calendar | obituaries | classifieds | weather | stocks | markets?\ data | crossword
  | puzzles? | games | quiz | archives? | links\b(?<!related\ links)(?<!relevant\ links) | sites?
  | navigation | menu | search | language | contact | legal | privacy | account | terms
  | explore\b | discover\b | today'?s | this\ week | daily | weekly | things\ to\ do | home\ ?page
  | front\ page | across\ (?:the|our) | elsewhere | external
  # French
  | plus\ (?:lus|r[ée]cents|populaires|comment[ée]s) | les\ plus\b | derni[eè]res?\b | en\ continu
  | [àa]\ la\ une | recommand | sponsoris | partenaires? | vous\ aimerez | pourrait\ vous
  | pourraient\ vous | th[eè]mes? | th[ée]matiques | mots[-\ ]cl[ée]s | commentaires | partager
  # Spanish, Portuguese
  | lo\ m[áa]s | m[áa]s\ (?:le[íi]d|vist|noticias|popular|comentad) | m[áa]s\ de\b
  | [úu]ltim[ao]s? | recomendad | te\ puede\ (?:interesar|gustar) | patrocinad | te\ recomendamos
  | etiquetas | temas\b | compartir | comentarios | bolet[íi]n
  | mais\ (?:lid|vist|not[íi]cias|popular|recentes|comentad) | mais\ de\b
  | voc[êe]\ (?:pode|tamb[ée]m) | compartilh | coment[áa]rios | assuntos | destaques?
  # German, Dutch
  | meistgelesen | meist(?:gesehen|kommentiert) | beliebt | neueste | aktuell(?:e|es)?\b | empfehl
  | empfohlen | anzeigen?\b | das\ k[öo]nnte | themen\b | schlagw[öo]rter | kommentare | teilen
  | mehr\ (?:von|aus) | ressort | meest\ gelezen | laatste | populair | aanbevolen | gesponsord
  | reacties | delen
  # Italian, Nordic, Polish, Turkish, Indonesian
  | pi[uù]\ (?:letti|visti|popolari|commentati|recenti) | ultim[eio]\b | consigliat
  | potrebbe(?:ro)?\ (?:anche\ )?(?:interessar|piacer) | argomenti | condividi
  | mest\ (?:l[äæe]st|sett) | senaste | siste\b | popul[äæ]r | najnowsze | najpopularniejsze
  | najcz[ęe][śs]ciej | son\ dakika | en\ [çc]ok | terpopuler | terkini | terbaru
"""

# Further reading beyond doubt, though it may hold words of OUT ("More on the trade deal"). All of a heading.
SURELY = r"""
  (?:(?:read|see|learn)\ )?more\ (?:on|about)\ (?!our\b|us\b|the\ (?:web|author)|facebook|
    twitter|youtube|instagram|video).{2,50} | more\ (?:in|from)\ (?:this|the)\ series
  | (?:related|relevant|useful)\ links?
  | related\ (?:stories|articles|news|coverage|content)\ from\ .{2,40} | related\ recent\ .{2,20}
  | (?:read|see)\ more(?:\ (?:here|now))?
  | related\ (?:news|stories|articles)\ (?:&|and|\+|/)\ .{3,30} | recommended\ reading
  | [úu]ltimas\ relacionadas
"""

# Heads further reading for this article. All of a heading.
IN = r"""
  related (?:\ (?:articles?|stor(?:y|ies)|coverage|news|posts?|content|reading|reads?|links?|
    pieces?|items?|reports?|features?| columns?|op-?eds?|commentary|analys[ei]s|opinions?|
    editorials?|blogs?|material|resources?|documents?|information|pages?|publications?|
    research))* (?:\ (?:from|on|in|to)\ .{2,40})?
  | (?:stories|articles|posts|news|reading|content|coverage)\ related(?:\ to\ .{2,40})?
  | (?:similar|relevant|connected|associated|linked)\ (?:articles?|stories|story|posts?|news|
    reading|links|content|coverage)
  | (?:read|see|learn|find\ out|discover)\ more(?:\ (?:about|on)\ .{2,50}|\ here|\ (?:related|
    coverage).{0,30})? | more\ (?:on|about)\ .{2,50}
  | more\ (?:to\ (?:read|the\ story)|reading|background|coverage|analysis|opinion|context|
    details|information|info|related.{0,30})
  | (?:also\ )?(?:read|see|check|view)\ (?:also|too|this(?:\ too|\ also)?)(?:\ on\ .{2,30})?
  | also\ (?:read|see|check(?:\ out)?)(?:\ on\ .{2,30})?
  | (?:further|additional|suggested|background|required|essential|deeper|extra|supplementary|
    complementary|bonus)\ (?:reading|coverage|articles?|stories|resources|links|information)
  | read\ (?:this|these|all\ about\ it|on|the\ (?:series|background|analysis|original|report|
    story|full\ (?:story|report|series)))(?:\ .{1,20})? | (?:go|dig|dive)\ deeper
  | (?:earlier|previous)\ (?:coverage|stories|reports|articles)
  | (?:full|complete|continuing|ongoing|our|all|special|previous|past|prior|
    earlier)\ (?:\S+\ )?coverage(?:\ .{2,40})? | more\ like\ this | you\ should\ (?:also\ )?read
  | read\ our\ (?:full\ )?coverage.{0,30} | what\ (?:to\ read|you\ need\ to\ (?:read|know))
  | keep\ reading | continue\ reading | read\ further
  | (?:other|additional)\ (?:stories|articles|posts|reports)\ (?:on|about|in\ th(?:is|
    e)\ series).{0,40} | (?:in|from|part\ of|more\ in|more\ from|also\ in)\ this\ series
  | see\ related(?:\ .{2,30})? | on\ (?:this|the\ same)\ (?:topic|subject|issue|story)
  | the\ (?:story|background)\ so\ far | the\ full\ story | view\ related(?:\ .{2,30})?
  | read\ related(?:\ .{2,30})?
  # French
  | (?:[àa]\ )?lire\ (?:aussi|[ée]galement|plus|[àa]\ ce\ sujet|notre\ \S+|sur\ .{2,30}|la\ suite)
  | [àa]\ (?:lire|voir)(?:\ (?:aussi|[ée]galement))? | voir\ (?:aussi|[ée]galement)
  | (?:[àa]\ lire\ )?sur\ le\ m[êe]me\ (?:sujet|th[èe]me)
  | articles?\ (?:li[ée]s?|associ[ée]s?|connexes?|similaires?|en\ lien)
  | pour\ (?:aller\ plus\ loin|en\ savoir\ plus) | en\ savoir\ plus | notre\ dossier
  | contenus?\ (?:li[ée]s?|associ[ée]s?|connexes?) | [àa]\ (?:d[ée]couvrir|propos)
  # Spanish
  | (?:le[eé]|lea|leer|ver|vea|v[ée]ase|mir[aá])\ (?:tambi[ée]n|m[áa]s|adem[áa]s)(?:\ sobre\ .{2,40})?
  | tambi[ée]n\ (?:lee|lea|puedes\ leer|te\ puede\ interesar)
  | m[áa]s\ (?:informaci[óo]n|sobre\ .{2,50})
  | (?:noticias?|art[íi]culos?|notas?|contenidos?|temas)\ relacionad[oa]s? | relacionad[oa]s?
  | informaci[óo]n\ relacionada | para\ saber\ m[áa]s | sigue\ leyendo
  | lecturas?\ (?:relacionadas?|adicionales?)
  # Portuguese
  | (?:leia|veja|ler|ver|saiba)\ (?:tamb[ée]m|mais|ainda)(?:\ sobre\ .{2,40})?
  | mais\ sobre\ .{2,50}
  | (?:not[íi]cias?|mat[ée]rias?|artigos?|conte[úu]dos?|reportagens)\ relacionad[oa]s?
  | para\ saber\ mais
  # German
  | (?:lesen|sehen)\ sie\ (?:auch|(?:hier\ )?mehr|dazu|hierzu)(?:\ .{2,40})? | lies\ (?:auch|mehr)
  | mehr\ (?:zum\ (?:thema|artikel)|dazu|zu\ .{2,50}|[üu]ber\ .{2,50}|lesen|informationen)
  | (?:auch|weiter)\ ?lesen | zum\ (?:thema|weiterlesen)
  | (?:[äa]hnliche|verwandte|weitere|passende)\ (?:artikel|themen|beitr[äa]ge|meldungen|
    nachrichten|informationen|texte|links) | weiterf[üu]hrende\ .{2,30} | siehe\ auch
  # Italian
  | (?:leggi|leggete|vedi|guarda)\ (?:anche|altro|pi[ùu]|di\ pi[ùu])
  | (?:articoli?|notizie|contenuti)\ (?:correlat[ie]|collegat[ie]|simili) | correlati
  | per\ approfondire | approfondiment[io]
  # Dutch
  | (?:lees|bekijk)\ (?:ook|meer|verder)(?:\ .{2,40})?
  | (?:gerelateerde?|verwante)\ ?(?:artikelen|berichten|nieuws)? | meer\ over\ .{2,50} | zie\ ook
  # Swedish, Danish, Norwegian, Finnish
  | l[äæe]s\ (?:ogs[åa]|ocks[åa]|[äæ]ven|mer(?:e)?)(?:\ om\ .{2,30})?
  | les\ (?:ogs[åa]|mer)(?:\ om\ .{2,30})? | mer\ om\ .{2,40} | relaterad[et]?(?:\ \S+)?
  | relaterede?(?:\ \S+)? | lue\ (?:my[öo]s|lis[äa][äa]) | aiheesta\ lis[äa][äa]
  # Polish, Czech, Romanian, Turkish, Indonesian and Malay, Greek, Russian, Ukrainian
  | (?:czytaj|zobacz|przeczytaj)\ (?:te[żz]|tak[żz]e|r[óo]wnie[żz]|wi[ęe]cej)
  | powi[ąa]zane(?:\ \S+)? | [čc]t[ěe]te\ tak[ée] | souvisej[íi]c[íi](?:\ \S+)?
  | cite[șs]te\ [șs]i | ilgili\ haber(?:ler)? | (?:baca|simak|lihat)\ (?:juga|selengkapnya)
  | (?:artikel|berita)\ terkait | διαβάστε\ (?:επίσης|ακόμη|ακόμα|περισσότερα) | σχετικά(?:\ \S+)?
  | читайте\ (?:также|ещё|еще) | по\ теме | (?:смотрите|см\.)\ также | материалы\ по\ теме
  | читайте\ також | по\ темі
  # Japanese, Chinese, Korean, Arabic, Hebrew
  | 関連(?:記事|ニュース|リンク)? | あわせて読みたい | 延伸阅读 | 延伸閱讀
  | 相关(?:新闻|阅读|报道|文章)? | 相關(?:新聞|閱讀|報導|文章)?
  | 관련\ ?(?:기사|뉴스) | اقرأ\ (?:أيضا|أيضاً|المزيد) | مواضيع\ ذات\ صلة | קראו\ (?:גם|עוד)
"""

# Could be either; the place decides. All of a heading.
WEAK = r"""
  more | don'?t\ miss(?:\ (?:this|these|it))? | read | see | plus | also | \+ | next | read\ next | what\ to\ read\ next
  | next\ (?:read|reads) | mais | m[áa]s | mehr | lire | m[ée]r | related\ topics? | in[-\ ]?depth
  | background(?:er)? | explainers? | context | analysis | flashback | previously | earlier
  | dossier | hintergrund | d[ée]cryptage | contexto | contesto | sfondo | opinion | go\ deeper
"""

# Above a box these head rails, or nothing; before one link within a text they are the editor's.
INLINE_ONLY = r"""
  must[-\ ]reads? | don'?t\ miss | up\ next | exclusive | from\ (?:the|our)\ archives?
  | fact[-\ ]check | in\ case\ you\ missed\ it | icymi
  | recommended(?:\ (?:reading|read|story|article))?
  | for\ more(?:\ (?:on|about)\ .{2,30}|,?\ read|\ information)?
  | (?:click|tap)\ here\ to\ read(?:\ more)? | explained | editorial
  | previous(?:ly|\ stor(?:y|ies))? | earlier | read\ our\ .{3,20} | here'?s | more\ details
  | you\ (?:may|might)\ (?:also\ )?(?:like|be\ interested\ in)
  | (?:tambi[ée]n\ )?[tl]e\ puede\ interesar | te\ recomendamos
"""

# How a link begins that asks for something else than reading a piece.
CALL = r"""
  watch | listen | photos? | pictures? | gallery | video | podcast | sign[-\ ]?up | subscribe
  | follow | download | buy | shop | donate | support | join | register | click | tap
  | get\ (?:the|our|your|more) | try | share | e-?mail | comment
  | view\ (?:all|more|comments|gallery|photos) | see\ (?:all|the\ full\ list) | show\ more
  | load\ more | read\ (?:the\ )?(?:full|rest|comments|more\ (?:at|comments|from))
  | continue\ reading | back\ to | return\ to | skip\ to | go\ to | learn\ more | find\ out\ more
  | more\ from | all\ (?:stories|articles|posts) | contact | send | report\ (?:a|an) | advertis
  | claim | save | order | book\ now | enter | vote | apply | start\ (?:a|your) | become\ a
  | have\ (?:a|you) | got\ a | do\ you | want\ (?:to|more) | abonn | inscri | suscr[ií]b | assin
  | newsletter | jetzt | hier\ klicken | iscriviti | télécharg | descarg | baixe | cliquez
  | clique | haz\ clic | klik
"""

# What such a link says somewhere.
CALL_WITHIN = r"""
  download\ (?:the|our)\b | sign\ up\ (?:for|to)\b | subscribe\ (?:to|now|for)\b | newsletter
  | free\ (?:trial|app)\b | our\ app\b | promo\ code | coupon | %\ off\b
  | click\ here | buy\ (?:now|tickets) | pre-?order
"""
