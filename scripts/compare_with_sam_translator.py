"""Hold what leastwise makes of SAM templates against the published translator.

``python scripts/compare_with_sam_translator.py FOLDER`` reads all templates of a folder, such as
``tests/translator/input`` of https://github.com/aws/serverless-application-model, and says of
how many both make the same of what concerns IAM. Needs the ``dev`` extra.
"""

import argparse
import json
import logging
from collections import Counter
from pathlib import Path

from sam_translation import judge


def main() -> None:
    """Print the score, and with ``--verbose`` what differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the templates are")
    parser.add_argument("--verbose", action="store_true", help="print what differs")
    parser.add_argument("--only", default="", help="part of the names of the templates to read")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    score: Counter[str] = Counter()
    resources: Counter[str] = Counter()
    for path in sorted(given.folder.rglob("*.y*ml")):
        if given.only not in path.name or not path.is_file():
            continue
        text = path.read_text("utf-8", errors="replace")
        if "AWS::Serverless" not in text:
            continue
        try:
            judgement = judge(text)
        except ValueError as problem:
            score["not read"] += 1
            if given.verbose:
                print(f"{path.name}: not read: {problem}")
            continue
        if judgement.error:
            score["the translator refuses it"] += 1
            if given.verbose:
                print(f"{path.name}: refused: {judgement.error[:200]}")
            continue
        differing = judgement.differing
        score["different" if differing else "equal"] += 1
        resources["different"] += len(differing)
        resources["equal"] += len({*judgement.theirs, *judgement.ours}) - len(differing)
        for name in differing if given.verbose else ():
            print(f"{path.name}: {name}")
            print(f"  theirs {json.dumps(judgement.theirs.get(name), sort_keys=True)}")
            print(f"  ours   {json.dumps(judgement.ours.get(name), sort_keys=True)}")
    print(f"templates: {dict(score)}")
    print(f"resources: {dict(resources)}")


if __name__ == "__main__":
    main()
