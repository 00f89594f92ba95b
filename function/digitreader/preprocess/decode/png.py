"""Repair of PNG files with damaged ancillary chunks."""

import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 20_000


def without_damaged_chunks(picture: bytes) -> bytes | None:
    """Remove ancillary chunks with a wrong checksum; return None if there are none.

    Decoders may ignore ancillary chunks, such as texts, times and profiles (W3C PNG, 13.1).
    """
    if not picture.startswith(SIGNATURE):
        return None
    kept, at = [SIGNATURE], len(SIGNATURE)
    dropped = False
    for _ in range(MOST_CHUNKS):
        length = int.from_bytes(picture[at : at + 4], "big")
        end = at + 12 + length
        if at + 12 > len(picture) or end > len(picture):
            break
        chunk = picture[at:end]
        ancillary = bool(chunk[4] & 0x20)
        if ancillary and zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            dropped = True
        else:
            kept.append(chunk)
        at = end
    kept.append(picture[at:])
    return b"".join(kept) if dropped else None
