"""The index of training digits: their embeddings and thumbnails, and the search for the nearest.

An index is an .npz without pickles:

embeddings    uint8 (n, d), each row the last layer's output divided by its largest value, 0 to 15
thumbnails    uint8 (n, 28, 28), ink 15 on background 0
labels        uint8 (n,), 0 to 9

Sixteen levels compress to half the size of 256, and change no neighbour's label in a hundred.
"""

import io
import zipfile
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import ArtifactCorrupt

LEVELS = 15
"""The largest value of embeddings and thumbnails."""
LARGEST_UNPACKED = 16_777_216
"""Most bytes of the unpacked arrays; the released ones have 1.2 million."""

_KEYS = ("embeddings", "thumbnails", "labels")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A training digit near a drawing.

    Attributes:
        digit: Its label, 0 to 9.
        distance: Cosine distance of the two embeddings, 0 (the same) to 1 (nothing in common).
        thumbnail: uint8 (28, 28), ink 255 on background 0.
    """

    digit: int
    distance: float
    thumbnail: NDArray[np.uint8]


class Index:
    """Training digits that can be searched by an embedding."""

    def __init__(
        self,
        embeddings: NDArray[np.uint8],
        thumbnails: NDArray[np.uint8],
        labels: NDArray[np.uint8],
    ) -> None:
        """Prepare the search.

        Args:
            embeddings: uint8 (n, d), 0 to LEVELS.
            thumbnails: uint8 (n, 28, 28), 0 to LEVELS.
            labels: uint8 (n,), 0 to 9.

        Raises:
            ArtifactCorrupt: An array has another type, shape or range.
        """
        count = len(labels)
        arrays = (embeddings, thumbnails, labels)
        shapes = ((count, *embeddings.shape[-1:]), (count, 28, 28), (count,))
        highest = (LEVELS, LEVELS, 9)
        for key, array, shape, most in zip(_KEYS, arrays, shapes, highest, strict=True):
            if array.dtype != np.uint8 or array.shape != shape or not array.size:
                raise ArtifactCorrupt(
                    f"index: {key}: expected uint8 {shape}, got {array.dtype} {array.shape}"
                )
            if array.max() > most:
                raise ArtifactCorrupt(f"index: {key}: expected 0 to {most}, got {array.max()}")
        self._arrays = arrays
        self._thumbnails, self._labels = thumbnails, labels
        self._directions = _unit(embeddings.astype(np.float32))

    def __len__(self) -> int:
        return len(self._labels)

    def nearest(self, embedding: NDArray[np.float32], count: int = 5) -> list[Neighbour]:
        """Return the nearest digits, the nearest first; none for an embedding of another size."""
        if embedding.shape != self._directions.shape[1:]:
            return []
        distances = 1 - self._directions @ _unit(embedding[None])[0]
        order = np.argsort(distances, kind="stable")[:count]
        return [
            Neighbour(
                int(self._labels[each]),
                min(1.0, max(0.0, float(distances[each]))),
                self._thumbnails[each] * (255 // LEVELS),
            )
            for each in order.tolist()
        ]

    def to_bytes(self) -> bytes:
        """Return the .npz, the same bytes for the same arrays."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for key, array in zip(_KEYS, self._arrays, strict=True):
                member = io.BytesIO()
                np.save(member, array)
                name = zipfile.ZipInfo(f"{key}.npy")  # dated 1980, whatever the time is
                archive.writestr(name, member.getvalue(), zipfile.ZIP_DEFLATED, 9)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Index":
        """Parse an .npz; raises ArtifactCorrupt when it is no index."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
                    raise ArtifactCorrupt(
                        f"index: expected at most {LARGEST_UNPACKED} bytes unpacked"
                    )
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return cls(*(arrays[key] for key in _KEYS))
        except ArtifactCorrupt:
            raise
        except Exception as error:  # other bytes can make zipfile and numpy raise anything
            raise ArtifactCorrupt(
                f"index: expected an .npz of {', '.join(_KEYS)}: {error}"
            ) from None


def levels_of(embeddings: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return embeddings (n, d), none of them negative, as an index keeps them."""
    highest = embeddings.max(axis=1, keepdims=True)
    return np.round(embeddings / np.where(highest > 0, highest, 1) * LEVELS).astype(np.uint8)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows at length one; those of zeros stay so."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
