"""Fit the weights of `recommender.stance.voice` and print how well they tell opinion from report.

    python scripts/fit_voice.py DATA/allsides.jsonl.gz

An address tells what a piece is: /opinion/, /commentary/, /columnists/ ... or /politics/, /news/, /world/ ...; pieces
whose address says neither, or both, are left out, and so are those of fewer than eight sentences. Measured with all
pieces of a host held out together, so that a host's habits can't be learnt.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from recommender.evaluation.result import bootstrap
from recommender.reading.sentences import split
from recommender.stance.voice import OPINION, SENTENCES, shares

OPINION_PATH = re.compile(r"/(?:opinions?|commentary|columnists?|op-?eds?|editorials?|ideas)(?:/|$)", re.I)
REPORT_PATH = re.compile(r"/(?:politics|news|us|world|national|business|us-news)(?:/|$)", re.I)
FEWEST = 8  # sentences: what is shorter is a video's caption more often than a piece


def main() -> None:
    """Print the weights on all pieces, and the measures on hosts not trained on."""
    rows, labels, hosts = [], [], []
    for line in gzip.decompress(Path(sys.argv[1]).read_bytes()).decode().splitlines():
        piece = json.loads(line)
        address = urlsplit(piece["url"])
        opinion, report = (bool(kind.search(address.path)) for kind in (OPINION_PATH, REPORT_PATH))
        sentences = split(piece["text"])[:SENTENCES]
        if opinion != report and len(sentences) >= FEWEST:
            rows.append(shares(sentences))
            labels.append(opinion)
            hosts.append((address.hostname or "").removeprefix("www."))
    names, truth = list(rows[0]), np.array(labels)
    table = np.array([[row[name] for name in names] for row in rows])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    sure = cross_val_predict(model, table, truth, groups=hosts, cv=GroupKFold(8), method="predict_proba")[
        :, 1
    ]
    model.fit(table, truth)
    scaler, regression = model[0], model[-1]
    weights = regression.coef_[0] / scaler.scale_
    print(f"n {len(truth)}: {truth.sum()} opinion, {(~truth).sum()} reports, {len(set(hosts))} hosts")
    print(f"bias {float(regression.intercept_[0] - weights @ scaler.mean_):.2f}", end="")
    print("".join(f", {name} {weight:.2f}" for name, weight in zip(names, weights, strict=True)))
    low, high = bootstrap(len(truth), lambda drawn: float(roc_auc_score(truth[drawn], sure[drawn])))
    print(f"AUC {roc_auc_score(truth, sure):.3f} ({low:.3f} to {high:.3f}), host held out")
    passed = sure >= OPINION
    print(f"at {OPINION}: {passed[truth].mean():.3f} of opinion, {passed[~truth].mean():.3f} of reports pass")


if __name__ == "__main__":
    main()
