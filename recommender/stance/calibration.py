"""What a model's polarities mean: where an author takes no side, and how sure a distance from there makes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calibration:
    """Numbers of one model, fitted on persent (578 pieces, the author's feeling toward the main entity)."""

    neutral: float  # polarity, [-1, 1], where an author is as likely for as against
    slope: float  # P(for) = 1 / (1 + exp(-slope * (polarity - neutral)))
    same: float  # least score, [0, 1], of a verdict
    ceiling: float  # of a confidence, [0, 1]: the share of decided pairs that was right


# News is written in a minor key: the median polarity that `linear` gives 2,240 unlabelled targets in every twentieth
# article of allsides is -.16, and a regression on persent's 362 pieces for or against crosses at -.20. With `same` at
# .6 (P(same) >= .8) 24 % of 458 pairs of pieces about one person are decided, 79 % of them rightly. In-sample: slope
# and neutral were fitted on persent, and `same` was picked there, with two limits of agreement.py, among 80 settings.
LINEAR = Calibration(neutral=-0.2, slope=6.0, same=0.6, ceiling=0.79)
# Fitted likewise (scripts/calibrate_stance.py: -.195, 4.53). At .6 it decides 21 % of the pairs, 88 % of them rightly.
# At .36, with weights before these, no reader would stand behind the three verdicts on 158 pairs of op-eds.
ENCODER = Calibration(neutral=-0.2, slope=4.5, same=0.6, ceiling=0.88)
# NOT MEASURED, and chosen to keep silent: which model a reader brings nobody knows. An answer is -.8, -.4, 0, .4 or .8
# (llm_prompt.py); asked for the author's view alone, "neutral" is taken to mean it. At this slope a verdict wants some
# six of seven of both authors' sentences about a name to lean surely one way, and no confidence is shown above .7.
LLM = Calibration(neutral=0.0, slope=3.0, same=0.6, ceiling=0.7)
KNOWN = {"linear": LINEAR, "encoder": ENCODER, "llm": LLM}


def of(model: str) -> Calibration:
    """The numbers of a model by its name, with or without a version; `LINEAR`'s for one that is not known."""
    return KNOWN.get(_family(model), LINEAR)


@dataclass(frozen=True, slots=True)
class ClaimCalibration:
    """Numbers of one model that judges claims: what its pooled positions mean (see `positions`, `sides`)."""

    position: float  # least pooled P(for) or P(against), [0, 1], of a position
    said: int  # fewest passages that lean that way, of a position
    same: float  # least |score|, [0, 1], of a verdict told by claims
    ceiling: float  # of a confidence, [0, 1]: the share of verdicts that was right when it was measured


# A model's numbers on claims are a line in `KNOWN_CLAIMS`, measured on debates and publishers that it was not trained
# on. Without one these hold: a position is likelier than not by half, a verdict has P(same) >= .8, and no confidence
# is shown above that.
UNMEASURED = ClaimCalibration(position=0.6, said=1, same=0.6, ceiling=0.8)
# Not measured either: of three passages, one that surely says the opposite takes the position away, and what the model
# itself is unsure of is none; a verdict's confidence is shown up to .7 only.
LLM_CLAIMS = ClaimCalibration(position=0.6, said=1, same=0.7, ceiling=0.7)
# On 660 texts of unseen debates (scripts/calibrate_claims.py) four in five of what it decides are right from .66 on;
# but an op-ed is no debate, and mentions much in passing. So two passages are wanted, as two sentences are where names
# tell; and of 17 positions of op-eds on others' headlines, read by hand, 11 were right: no confidence above .65.
# `same` asks for P(same) >= .8.
ENCODER_CLAIMS = ClaimCalibration(position=0.66, said=2, same=0.6, ceiling=0.65)
KNOWN_CLAIMS: dict[str, ClaimCalibration] = {"encoder": ENCODER_CLAIMS, "llm": LLM_CLAIMS}


def of_claims(model: str) -> ClaimCalibration:
    """The numbers on claims of a model by its name, with or without a version; `UNMEASURED` where none are known."""
    return KNOWN_CLAIMS.get(_family(model), UNMEASURED)


def _family(model: str) -> str:
    """What a name begins with: `encoder` of "encoder-1", `llm` of "llm:gpt-5"."""
    return re.split(r"[-/:]", model, maxsplit=1)[0]
