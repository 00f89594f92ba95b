"""Load damaged models in separate processes and count the outcomes.

`python model_bytes.py MODEL COUNT` prints a JSON object of counts.
"""

import json
import os
import random
import resource
import signal
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from digitreader.errors import ArtifactCorrupt
from digitreader.model.network import LiteRTNetwork

SECONDS = 20
MEMORY = 4 * 2**30


def damaged(model: bytes, seed: int) -> bytes:
    """Return the model with flipped bits, changed ends, a cut, a splice, or empty."""
    chance = random.Random(seed)
    changed = bytearray(model)
    kind = chance.choice(("bits", "ends", "ends", "cut", "splice", "noise"))
    if kind == "bits":
        for _ in range(chance.choice((1, 4, 50))):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif kind == "ends":
        # The flatbuffer's tables are at its ends, the weights in the middle.
        for _ in range(chance.choice((1, 4, 16))):
            near = chance.choice((chance.randrange(4_000), -1 - chance.randrange(8_000)))
            changed[near] = chance.choice((0, 1, 127, 128, 255))
    elif kind == "cut":
        del changed[chance.randrange(len(changed)) :]
    elif kind == "splice":
        at = chance.randrange(len(changed))
        changed[at:] = chance.randbytes(100) + changed[chance.randrange(len(changed)) :]
    else:
        changed[8:] = chance.randbytes(chance.choice((0, 8, 3_000)))
    return bytes(changed)


def ending(model: bytes) -> str:
    """Return the outcome of a process that loads the model and reads twenty images."""
    pid = os.fork()
    if pid == 0:
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        code = 2
        try:
            LiteRTNetwork(model).probabilities(np.zeros((20, 28, 28), np.uint8))
            code = 0
        except ArtifactCorrupt:
            code = 1
        finally:
            os._exit(code)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return {0: "loaded", 1: "refused"}.get(os.WEXITSTATUS(status), "another error")


if __name__ == "__main__":
    whole = Path(sys.argv[1]).read_bytes()
    LiteRTNetwork(whole)
    print(json.dumps(Counter(ending(damaged(whole, seed)) for seed in range(int(sys.argv[2])))))
