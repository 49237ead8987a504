"""A language model of the reader's own as stance model, through the `llm` library. Needs the extra `llm`.

    pieces ─► questions without a kept answer ─► cost ─► agreed? ─► a piece at a time, a batch a prompt ─► checked, kept
                                                                         └── what can't be read: once more, in halves

Which model it is, local or a service, with which key, is the library's business: its plugins bring models, and
`llm models` lists them. Nothing is asked before the cost was agreed to; a scorer that `load` gives agrees to none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Protocol

from recommender.errors import AccessError, ConsentError, ModelError, NotFoundError
from recommender.stance.llm_prompt import (
    PROMPT,
    Answer,
    Flaw,
    Question,
    answer_from_json,
    answer_to_json,
    of_mention,
    of_passage,
    packed,
    prompt,
    read,
    schema,
    system,
    tokens,
)
from recommender.stance.scorer import LLM, Ahead, Mention, Passage, Polarity, Position

LONGEST = 200  # characters of what a model's library says of a failure


class Answers(Protocol):
    """Where answers are kept; their lines mean something to `llm_prompt` alone."""

    def known(self, model: str, questions: Sequence[str]) -> dict[str, str]:
        """Kept answers by the digest of their question."""
        ...

    def keep(self, model: str, answers: Mapping[str, str]) -> None:
        """Keep answers by the digest of their question, before the next is asked."""
        ...


@dataclass(frozen=True, slots=True)
class Memory:
    """Answers kept as long as the process."""

    lines: dict[tuple[str, str], str] = field(default_factory=dict)

    def known(self, model: str, questions: Sequence[str]) -> dict[str, str]:
        """Kept answers by the digest of their question."""
        return {one: self.lines[model, one] for one in questions if (model, one) in self.lines}

    def keep(self, model: str, answers: Mapping[str, str]) -> None:
        """Keep answers by the digest of their question."""
        self.lines.update({(model, one): line for one, line in answers.items()})


@dataclass(frozen=True, slots=True)
class Cost:
    """What a question to a model takes; about twice as much where no answer can be read."""

    model: str  # `llm:` and the model's own name
    prompts: int
    questions: int
    tokens_in: int  # about
    tokens_out: int  # about

    def line(self) -> str:
        """The cost in words."""
        prompts = "1 prompt" if self.prompts == 1 else f"{self.prompts:,} prompts"
        return (
            f"{self.model} would be asked about {self.questions:,} sentences and passages in {prompts}: "
            f"some {_rough(self.tokens_in)} tokens in, {_rough(self.tokens_out)} out"
        )


def refuse(cost: Cost) -> None:
    """Agree to nothing.

    Raises:
        ConsentError: always.
    """
    raise ConsentError(cost.line(), hint="--yes agrees to it")


@dataclass(frozen=True, slots=True)
class LlmScorer:
    """One model of the library's."""

    model: Any  # an llm.Model
    answers: Answers = field(default_factory=Memory)
    agree: Callable[[Cost], None] = refuse  # returns where the reader agrees, raises ConsentError where not
    say: Callable[[str], None] = lambda _: None  # is told what became of answers that count as none
    watch: Callable[[int], AbstractContextManager[Callable[[int], None]]] = lambda _: nullcontext(
        lambda _: None
    )

    @classmethod
    def named(cls, name: str) -> LlmScorer:
        """The model of that name or alias.

        Raises:
            NotFoundError: the library is not installed or broken, or knows no such model.
            AccessError: the model needs a key, and there is none.
        """
        return cls(_found(name))

    @property
    def name(self) -> str:
        """The model, and the version of what it is asked."""
        return f"{LLM}{self.model.model_id}/prompt-{PROMPT}"

    @property
    def judges_claims(self) -> bool:
        """It does."""
        return True

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        """P(negative), P(neutral), P(positive) of each mention, in order; what has no answer yet is asked first."""
        return self._odds([of_mention(item) for item in items])

    def positions(self, items: Sequence[Passage]) -> list[Position]:
        """P(against), P(neither), P(for) of each passage, in order; what has no answer yet is asked first."""
        return self._odds([of_passage(item) for item in items])

    def foresee(self, pieces: Sequence[Ahead]) -> None:
        """Ask all that has no kept answer; no prompt holds the texts of two pieces.

        Raises:
            ConsentError: the reader did not agree to the cost.
            ModelError, AccessError: the model does not answer; what it has answered is kept.
        """
        self._ask([[*map(of_mention, piece.mentions), *map(of_passage, piece.passages)] for piece in pieces])

    def _odds(self, questions: Sequence[Question]) -> list[Position]:
        self._ask([questions])
        known = self._known(questions)
        return [known[one].odds for one in questions]

    def _known(self, questions: Sequence[Question]) -> dict[Question, Answer]:
        lines = self.answers.known(self.name, sorted({one.digest for one in questions}))
        read_back = {one: answer_from_json(lines.get(one.digest, "")) for one in questions}
        return {one: answer for one, answer in read_back.items() if answer}

    def _ask(self, pieces: Sequence[Sequence[Question]]) -> None:
        """State the cost of what has no answer, and ask it where that is agreed to."""
        known = self._known([one for piece in pieces for one in piece])
        batches = list(_batches(pieces, set(known)))
        if not batches:
            return
        costs = [tokens(batch) for batch in batches]
        self.agree(
            Cost(
                LLM + self.model.model_id, len(batches), sum(map(len, batches)), sum(cost for cost, _ in costs),
                sum(cost for _, cost in costs),
            )
        )  # fmt: skip
        flaws: list[Flaw] = []
        try:
            with self.watch(len(batches)) as tick:
                for batch in batches:
                    answers = self._answered(batch)
                    self.answers.keep(
                        self.name,
                        {
                            one.digest: answer_to_json(answer)
                            for one, answer in zip(batch, answers, strict=True)
                        },
                    )
                    flaws += [answer.flaw for answer in answers]
                    tick(1)
        finally:
            for line in _told(flaws):
                self.say(line)

    def _answered(self, batch: Sequence[Question]) -> list[Answer]:
        """One answer a question; what can't be read is asked once more, and then takes no side.

        In two halves: a small model that loses count of twelve texts may keep count of six.
        """
        found = dict(read(self._reply(batch), batch))
        left = [at for at in range(len(batch)) if at not in found]
        middle = (len(left) + 1) // 2
        for half in filter(None, (left[:middle], left[middle:])):
            again = [batch[at] for at in half]
            found |= {half[at]: answer for at, answer in read(self._reply(again), again).items()}
        return [found.get(at, Answer(0, flaw=Flaw.UNREAD)) for at in range(len(batch))]

    def _reply(self, batch: Sequence[Question]) -> str:
        import llm

        task = batch[0].task
        wanted = {"schema": schema(task)} if self.model.supports_schema else {}
        try:
            return str(self.model.prompt(prompt(batch), system=system(task), stream=False, **wanted).text())
        except llm.NeedsKeyException as error:
            raise AccessError(_line(error), where=LLM + self.model.model_id) from error
        except Exception as error:  # plugins raise whatever their service's client does
            message = f"no answer: {_line(error)}"
            raise ModelError(message, where=LLM + self.model.model_id, hint=_AGAIN) from error


def installed() -> bool:
    """Whether the package of the extra `llm` is there."""
    return find_spec("llm") is not None


def _found(name: str) -> Any:
    """The library's model of that name, with a key where it needs one."""
    where = LLM + name
    if not installed():
        raise NotFoundError("a language model needs one more package", where=where, hint=_INSTALL)
    if not name.strip():
        raise NotFoundError("which language model?", where=where, hint=_LIST)
    import llm

    try:
        model = llm.get_model(name)
        model.get_key()
    except llm.UnknownModelError as error:
        raise NotFoundError("no language model of that name", where=where, hint=_LIST) from error
    except llm.NeedsKeyException as error:
        raise AccessError(_line(error), where=where) from error
    except Exception as error:  # a plugin that can't be loaded raises whatever it likes
        raise NotFoundError(f"the library llm fails: {_line(error)}", where=where) from error
    return model


def _batches(pieces: Sequence[Sequence[Question]], known: set[Question]) -> Iterator[list[Question]]:
    """What is to be asked, each question once, none beside another piece's."""
    seen = set(known)
    for piece in pieces:
        new = [one for one in dict.fromkeys(piece) if one not in seen]
        seen.update(new)
        yield from packed(new)


def _told(flaws: Sequence[Flaw]) -> Iterator[str]:
    """What a reader should know of answers that take no side for what was wrong with them."""
    reasons = {
        Flaw.MISQUOTED: "quote what is not in the text",
        Flaw.UNREAD: "could not be read, asked twice",
    }
    for flaw, reason in reasons.items():
        if number := flaws.count(flaw):
            yield f"{number:,} of {len(flaws):,} answers {reason}, and count as no side taken"


def _line(error: BaseException) -> str:
    """An error as one short line, with its kind where it says nothing."""
    words = " ".join(str(error.args[0] if isinstance(error, KeyError) and error.args else error).split())
    return words[:LONGEST] or type(error).__name__


def _rough(number: int) -> str:
    """A number as far as it is known: two digits."""
    step = 10 ** max(0, len(str(number)) - 2)
    return f"{round(number / step) * step:,}"


_INSTALL = "pip install 'readmore[llm]', and the plugin of your model"
_LIST = "`llm models` lists those there are; `llm install` brings more"
_AGAIN = "what was answered is kept: run again to go on"
