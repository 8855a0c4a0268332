#!/usr/bin/python3
"""Turns the XML report of Catch2 (version 2 or 3) into one line for each test case.

  unit_results.py REPORT EXIT_STATUS
"""

import sys
import xml.etree.ElementTree


def main():
    report, status = sys.argv[1], int(sys.argv[2])
    try:
        root = xml.etree.ElementTree.parse(report).getroot()
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        print(f"FAIL unit tests (exit status {status}, no complete report: {error})")
        return
    failed = 0
    for case in root.iter("TestCase"):
        result = case.find("OverallResult")
        name = case.get("name")
        if result is not None and result.get("skips", "0") != "0":
            print(f"skip unit {name} (the test says so)")
        elif result is not None and result.get("success") == "true":
            print(f"ok unit {name}")
        else:
            failed += 1
            where = next((f"{one.get('filename')}:{one.get('line')}" for one in case.iter("Expression")
                          if one.get("success") != "true"), "")
            print(f"FAIL unit {name} ({where})")
    if status != 0 and not failed:
        print(f"FAIL unit tests (exit status {status}, though no case failed)")


main()
