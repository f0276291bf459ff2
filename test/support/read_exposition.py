"""Reads an exposition from the standard input, and prints it as JSON.

The argument tells the format: "text", or "openmetrics" for the strict parser.
"""

import json
import math
import sys

from prometheus_client import parser as text
from prometheus_client.openmetrics import parser as openmetrics

PARSERS = {
    "text": text.text_string_to_metric_families,
    "openmetrics": openmetrics.text_string_to_metric_families,
}


def number(value):
    """As JavaScript's Number() reads it, since JSON has no infinities."""
    value = float(value)
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN" if math.isnan(value) else repr(value)


def main():
    body = sys.stdin.buffer.read().decode("utf-8")
    families = [
        {
            "name": family.name,
            "type": family.type,
            "help": family.documentation,
            "samples": [
                {"name": sample.name, "labels": sample.labels, "value": number(sample.value)}
                for sample in family.samples
            ],
        }
        for family in PARSERS[sys.argv[1]](body)
    ]
    json.dump(families, sys.stdout)


main()
