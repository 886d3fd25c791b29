"""Measurements, each a module with ``main(argv)`` that prints what it measured just now.

``python -m benchmarks`` prints the throughput table; ``python -m benchmarks NAME ...`` runs another one. They
use only files that are there: without the development corpora they fall back to the sample articles or say
what is missing.
"""
