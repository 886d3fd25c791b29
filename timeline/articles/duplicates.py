"""Whether two texts are the same article: in another format, with another header, reprinted with small edits.

Texts are compared by their shingles, the sets of all runs of three words (Broder, "On the resemblance and
containment of documents", 1997). A signature of fixed size estimates the resemblance of two sets without
the texts (MinHash, same source); its bands find the few candidates among many articles (locality-sensitive
hashing; Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", 3.4). The texts decide.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_WORD: Final = re.compile(r"\w+")
_RUN: Final = 3
"""Words in a shingle. With five, one changed word in twenty would halve the resemblance."""
_HASHES: Final = 128
"""Numbers in a signature: the standard error of the estimate is at most 0.044."""
_BANDS: Final = 32
"""Of four numbers each: pairs with a resemblance of 0.6 share a band with a probability of 98.8 %, of 0.2
with one of 5 %."""
_SAME: Final = 0.6
_CONTAINED: Final = 0.85
_NOT_MUCH_LONGER: Final = 2.0
_SHORTEST: Final = 20
"""Shingles below which texts are the same only if all are: "Dax schließt fester" says too little."""


def shingles(text: str) -> frozenset[int]:
    """Numbers of 64 bits for all runs of three words; case, punctuation and line ends do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\xad", "")
    words = _WORD.findall(folded)
    runs = (
        {" ".join(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))} if words else set()
    )
    return frozenset(
        int.from_bytes(hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        for run in runs
    )


@lru_cache(maxsize=1)
def _factors() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Fixed odd factors and summands: they come from a hash, so that signatures stay comparable for ever."""
    seeds = (f"timeline signature {number}".encode() for number in range(_HASHES))
    digests = b"".join(hashlib.sha256(seed).digest()[:16] for seed in seeds)
    numbers = np.frombuffer(digests, dtype=">u8").astype(np.uint64)
    return numbers[0::2] | np.uint64(1), numbers[1::2]


def signature(text: str) -> bytes:
    """512 bytes from which the resemblance of two texts can be estimated; the same on every machine.

    A text without a word has the signature of 512 bytes 0xFF.
    """
    found = np.fromiter(shingles(text), dtype=np.uint64)
    least = np.full(_HASHES, 0xFFFFFFFF, dtype=np.uint64)
    factors, summands = _factors()
    # In slices: a text of twenty million characters has millions of shingles, times 128.
    for start in range(0, len(found), 4_096):
        # Multiply-shift hashing modulo 2**64 (Dietzfelbinger et al., 1997); the upper half is the hash.
        hashed = (found[start : start + 4_096, None] * factors + summands) >> np.uint64(32)
        least = np.minimum(least, hashed.min(axis=0))
    return least.astype(">u4").tobytes()


def bands(of: bytes) -> tuple[str, ...]:
    """32 short keys of a signature; articles that share one of them are worth comparing."""
    size = len(of) // _BANDS
    return tuple(f"{band:02d}{of[band * size : (band + 1) * size].hex()}" for band in range(_BANDS))


def similarity(first: bytes, second: bytes) -> float:
    """The estimated share of shingles that two texts have in common, 0 to 1, from their signatures."""
    one, other = np.frombuffer(first, dtype=">u4"), np.frombuffer(second, dtype=">u4")
    return float(np.mean(one == other))


def is_same_article(first: str, second: str) -> bool:
    r"""Whether two texts are one article.

    They are where they have most of their shingles in common, or where one is nearly all contained in the
    other and the other is not more than twice as long (a header, a box, a shortened reprint).

    >>> text = "Die Ministerin hat in Wien ihren Kollegen getroffen. " + " ".join(map(str, range(40)))
    >>> is_same_article(text, "Beispielbote\n\n" + text.replace("getroffen", "empfangen"))
    True
    """
    one, other = shingles(first), shingles(second)
    if min(len(one), len(other)) < _SHORTEST:
        return one == other
    common = len(one & other)
    if common >= _SAME * len(one | other):
        return True
    shorter, longer = sorted((len(one), len(other)))
    return common >= _CONTAINED * shorter and longer <= _NOT_MUCH_LONGER * shorter
