"""The faint pixels around a stroke."""

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey


def add_edges(levels: Grey, owners: NDArray[np.int32]) -> None:
    """Let each piece own the faint pixels beside it: a stroke's soft edges.

    Args:
        levels: ink (h, w), 0 where paper is bare.
        owners: (h, w), the pieces' labels and 0; changed in place.
    """
    owned = owners > 0
    near = np.zeros_like(owned)
    near[1:] |= owned[:-1]
    near[:-1] |= owned[1:]
    near[:, 1:] |= owned[:, :-1]
    near[:, :-1] |= owned[:, 1:]
    rows, columns = np.nonzero(near & ~owned & (levels > 0))
    owner = np.zeros(len(rows), np.int32)
    # Beyond the frame lies the pixel itself, which has no owner.
    for beside in (
        (np.maximum(rows - 1, 0), columns),
        (np.minimum(rows + 1, len(owners) - 1), columns),
        (rows, np.maximum(columns - 1, 0)),
        (rows, np.minimum(columns + 1, owners.shape[1] - 1)),
    ):
        owner = np.where(owner == 0, owners[beside], owner)
    owners[rows, columns] = owner
