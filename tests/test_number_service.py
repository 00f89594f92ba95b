"""Which network of a version reads which digits of a picture."""

import pytest
from PIL import ImageDraw

from digitreader.bucket.memory import MemoryBucket
from digitreader.images import Picture
from digitreader.model.artifact import TOUCHING_FILE, object_name
from digitreader.model.network import FixedNetwork, Network
from digitreader.model.reader import Reader
from digitreader.number_service import NumberReading, NumberService
from digitreader.results.recorder import Recorder
from digitreader.service import Question
from digitreader.settings import Settings
from tests.models import add_file, put_live
from tests.preprocess.segment.drawings import sheet

pytestmark = pytest.mark.anyio


def build(artifact: bytes) -> Network:
    """A network whose digit is the artifact's one byte."""
    return FixedNetwork(int(artifact))


def a_pair_and_a_digit(draw: ImageDraw.ImageDraw) -> None:
    for left in (40, 97, 240):
        draw.ellipse((left, 40, left + 59, 139), outline=0, width=6)


async def read(bucket: MemoryBucket) -> NumberReading:
    settings = Settings()
    service = NumberService(Reader(bucket, build=build), Recorder(None, None, settings), settings)
    picture = Picture(sheet(340, 180, a_pair_and_a_digit))
    return await service.read(Question(images=(picture,), ids=(None,)))


async def test_second_network_reads_the_digits_that_touch() -> None:
    bucket = MemoryBucket()
    add_file(bucket, put_live(bucket, "one", b"7"), TOUCHING_FILE, b"4")
    reading = await read(bucket)
    assert (reading.digits.digits, reading.lines) == ([4, 4, 7], [3])


async def test_model_without_a_second_network_reads_all_digits() -> None:
    bucket = MemoryBucket()
    put_live(bucket, "one", b"7")
    assert set((await read(bucket)).digits.digits) == {7}


async def test_number_is_read_when_the_second_network_is_missing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    bucket = MemoryBucket()
    add_file(bucket, put_live(bucket, "one", b"7"), TOUCHING_FILE, b"4")
    bucket.delete(object_name("one", TOUCHING_FILE))
    assert set((await read(bucket)).digits.digits) == {7}
    assert "touching digits are read by the network of single digits" in capfd.readouterr().out
