"""An invented newspaper and a stand-in web archive on 127.0.0.1, to try readmore on without a network.

    pieces/*.md ──► pieces ──► pages ──► newspaper ──► (HTTP) ◄── readmore, started by run
                                  └────► web_archive ─────┘

Every person, place, company and event in it is made up.
"""
