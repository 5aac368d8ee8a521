"""Compression with zstd, within limits; the one place that knows the library."""

import threading

import zstandard


class BadFrame(Exception):  # noqa: N818 - names what it is
    """Compressed bytes that are damaged, do not say how long they are, or are longer than allowed."""


class Squeezer(threading.local):
    """Contexts are made once per thread, for that costs more than a small batch; they must not be shared."""

    def __init__(self, level: int) -> None:
        """Make the contexts of a thread.

        Args:
            level: of zstd; a higher one takes longer and less room.
        """
        self._packs = zstandard.ZstdCompressor(level=level, write_content_size=True)
        self._unpacks = zstandard.ZstdDecompressor()

    def squeeze(self, raw: bytes) -> bytes:
        """Return bytes compressed, with their length in front."""
        made: bytes = self._packs.compress(raw)
        return made

    def unsqueeze(self, squeezed: bytes, most: int) -> bytes:
        """Return what was compressed; what says that it is longer than ``most`` is not unpacked at all.

        Raises:
            BadFrame: it is damaged, too long, or says nothing of its length.
        """
        try:
            if not 0 <= zstandard.frame_content_size(squeezed) <= most:
                raise BadFrame
            raw: bytes = self._unpacks.decompress(squeezed, max_output_size=most, allow_extra_data=False)
        except zstandard.ZstdError:
            raise BadFrame from None
        return raw
