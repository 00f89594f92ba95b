"""Sheets composed at random: the picture, and what is written on it where."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trainer.sheets import marks
from trainer.sheets.canvas import Camera, Canvas, Colour, View
from trainer.sheets.layout import Glyph, Spacing, bend, level, moved, width_of, write_number
from trainer.sheets.scenes import Paper, Scene
from trainer.sheets.scores import Number
from trainer.sheets.sheet import Sheet
from trainer.sheets.writing import Writing

PENS: tuple[Colour, ...] = ((40, 40, 45), (30, 50, 140), (60, 60, 70), (170, 30, 40), (25, 100, 55))
CHALK: Colour = (235, 235, 230)


def sheets(writing: Writing, scene: Scene, count: int, seed: int) -> Iterator[Sheet]:
    """Compose `count` sheets, the same for the same seed."""
    for number in range(count):
        yield compose(writing, scene, np.random.default_rng([seed, number]))


def compose(writing: Writing, scene: Scene, generator: np.random.Generator) -> Sheet:
    """Compose one sheet."""
    paper = scene.papers[generator.integers(len(scene.papers))]
    dark = scene.kind in ("row", "rows") and paper == "plain" and generator.random() < 0.06
    tone = generator.uniform(25, 70) if dark else generator.uniform(195, 245)
    tint = generator.uniform(0.95, 1.0, 3)
    colour: Colour = (tone * tint[0], tone * tint[1], tone * tint[2])
    width = int(generator.integers(560, 1025))
    tallness = (0.35, 0.8) if scene.kind == "row" else (0.75, 1.3)
    height = min(1024, round(width * generator.uniform(*tallness)))
    page = _Page(writing, scene, generator, Canvas(width, height, colour), paper, dark)
    return page.composed()


@dataclass(slots=True)
class _Page:
    writing: Writing
    scene: Scene
    generator: np.random.Generator
    canvas: Canvas
    paper: Paper
    dark: bool

    def composed(self) -> Sheet:
        kind = self.scene.kind
        if kind == "table":
            return self._table()
        if kind in ("text", "empty"):
            self._rule(self.generator.uniform(40, 110))
            if kind == "text":
                self._text()
            elif self._chance():
                marks.scatter_dust(self.canvas, 60, PENS[0], self.generator)
            picture, _ = self._photograph()
            return Sheet(picture, ())
        numbers = self._form() if kind == "form" else self._rows(kind == "row")
        picture, view = self._photograph()
        return Sheet(picture, tuple(_number(number, view) for number in numbers))

    def _chance(self) -> bool:
        return bool(self.generator.random() < self.scene.marks)

    def _pen(self) -> Colour:
        if self.dark:
            return CHALK
        pen = PENS[self.generator.integers(len(PENS))]
        faded = self.generator.uniform(0, 0.2)
        red, green, blue = (
            a + faded * (b - a) for a, b in zip(pen, self.canvas.paper, strict=True)
        )
        return red, green, blue

    def _rule(self, spacing: float) -> None:
        if self.paper != "plain":
            marks.rule(self.canvas, spacing, self.paper == "squared", self.generator)

    def _write(self, count: int, height: float) -> list[Glyph]:
        hand = self.writing.hand(self.generator)
        spacing = Spacing.random(self.generator, self.scene.touching)
        return write_number(self.writing, hand, count, height, spacing, self.generator)

    def _rows(self, single: bool) -> list[list[Glyph]]:
        random, canvas = self.generator, self.canvas
        rows = 1 if single else int(random.integers(2, 7))
        apart = random.uniform(1.45, 2.2)
        tallest = canvas.height * 0.8 / (1 + apart * (rows - 1) + 0.4)
        tallest = min(max(tallest, 30.0), 190.0)
        height = random.uniform(max(28.0, 0.45 * tallest), tallest)
        left = canvas.width * random.uniform(0.05, 0.12)
        room = canvas.width * 0.92 - left
        written = []
        for _ in range(rows):
            count = int(random.integers(2, 9))
            number = self._write(count, height)
            while (wide := width_of(number)) > room:
                height *= 0.95 * room / wide
                number = self._write(count, height)
            written.append(number)
        self._rule(
            height
            * (random.uniform(0.35, 0.7) if self.paper == "squared" else random.uniform(0.8, 1.8))
        )
        curve = bend(canvas.width, height, random) if random.random() < 0.7 else level
        block = height * (1 + apart * (rows - 1))
        first = height + random.uniform(0.3, 0.7) * max(0.0, canvas.height - block)
        pen = self._pen()
        numbers = []
        for row, number in enumerate(written):
            free = room - width_of(number)
            start = left + free * (random.random() if single else random.uniform(0, 0.4))
            baseline = first + row * apart * height
            placed = moved(number, start, baseline, curve)
            pen = self._pen() if random.random() < 0.3 else pen
            self._lay(placed, pen)
            numbers.append(placed)
        self._add_marks(numbers, height, left, pen)
        return numbers

    def _lay(self, number: list[Glyph], pen: Colour) -> None:
        for glyph in number:
            self.canvas.lay(glyph.coverage, glyph.left, glyph.top, pen)

    def _add_marks(
        self, numbers: list[list[Glyph]], height: float, left: float, pen: Colour
    ) -> None:
        random, canvas = self.generator, self.canvas
        if self._chance():
            marks.scatter_dust(canvas, height, pen, random)
        if self._chance():
            marks.draw_margin(canvas, left - random.uniform(0.2, 0.45) * height, random)
        chosen = numbers[random.integers(len(numbers))]
        if self._chance():
            marks.punctuate(canvas, chosen, height, pen, random)
        if len(numbers) > 1:
            return
        if self._chance():
            marks.underline(canvas, chosen, height, pen, random)
        elif self._chance():
            y = max(glyph.bottom for glyph in chosen) + 0.15 * height
            marks.dot_line(canvas, left, 0.9 * canvas.width, y, height)

    def _table(self) -> Sheet:
        random, canvas = self.generator, self.canvas
        rows, columns = int(random.integers(3, 9)), int(random.integers(2, 6))
        left, top = (
            canvas.width * random.uniform(0.06, 0.12),
            canvas.height * random.uniform(0.06, 0.15),
        )
        wide = (canvas.width * 0.92 - left) / columns
        tall = (canvas.height * 0.94 - top) / rows
        height = min(tall * random.uniform(0.5, 0.72), wide / random.uniform(2.3, 3.2))
        tall = min(tall, height * random.uniform(1.5, 2.2))
        wide = min(wide, height * random.uniform(2.4, 4.0))
        border, tone = random.uniform(1.0, 4.0), random.uniform(30, 150)
        line: Colour = (tone, tone, tone)
        for row in range(rows + 1):
            y = top + row * tall
            canvas.lay_line(left, y, left + columns * wide, y, border, line)
        for column in range(columns + 1):
            x = left + column * wide
            canvas.lay_line(x, top, x, top + rows * tall, border, line)
        pen, written = self._pen(), []
        corners = [(left + c * wide, top + r * tall) for r in range(rows) for c in range(columns)]
        for x, y in corners:
            number: list[Glyph] | None = None
            if random.random() < 0.9:
                number = self._write(2, height)
                while (room := wide - width_of(number)) < 0.1 * wide:
                    number = self._write(2, height * 0.85)
                start = x + room * random.uniform(0.2, 0.8)
                baseline = y + tall / 2 + height / 2 + random.uniform(-0.25, 0.25) * (tall - height)
                number = moved(number, start, baseline, level)
                self._lay(number, pen)
            written.append(number)
        picture, view = self._photograph()
        cells = tuple(view.box_of(x, y, wide, tall) for x, y in corners)
        inside = tuple(None if number is None else _number(number, view) for number in written)
        return Sheet(picture, tuple(each for each in inside if each), cells, inside)

    def _form(self) -> list[list[Glyph]]:
        random, canvas = self.generator, self.canvas
        fields = int(random.integers(1, 4))
        numbers, tone = [], random.uniform(40, 160)
        height = canvas.height / fields * random.uniform(0.16, 0.32)
        for field in range(fields):
            count = int(random.integers(4, 9))
            height = min(height, canvas.width * 0.85 / count / 1.3)
            wide, tall = height * random.uniform(1.0, 1.3), height * random.uniform(1.35, 1.7)
            left = random.uniform(0.3, 0.7) * (canvas.width - count * wide)
            top = canvas.height * (field + random.uniform(0.35, 0.5)) / fields
            border = random.uniform(1.0, 3.0)
            for y in (top, top + tall):
                canvas.lay_line(left, y, left + count * wide, y, border, (tone, tone, tone))
            for x in left + wide * np.arange(count + 1):
                canvas.lay_line(x, top, x, top + tall, border, (tone, tone, tone))
            label = marks.words(int(random.integers(1, 3)), random)
            size = max(12, round(0.4 * height))
            marks.print_text(canvas, label, left, top - 1.9 * size, size, marks.font(random))
            hand, number = self.writing.hand(random), []
            for place in range(count):
                size_here = max(8, round(height * random.uniform(0.85, 1.05)))
                label_, ink = self.writing.digit(hand, size_here, random)
                if ink.shape[1] > 0.85 * wide:
                    label_, ink = self.writing.digit(hand, round(0.6 * size_here), random)
                free = wide - ink.shape[1]
                x = left + place * wide + free * random.uniform(0.3, 0.7)
                y = top + (tall - ink.shape[0]) * random.uniform(0.3, 0.7)
                number.append(Glyph(label_, ink, round(x), round(y)))
            self._lay(number, self._pen())
            numbers.append(number)
        return numbers

    def _text(self) -> None:
        random, canvas = self.generator, self.canvas
        size = int(random.integers(16, 52))
        font, left, y = marks.font(random), canvas.width * 0.08, canvas.height * 0.06
        lines = int(random.integers(1, 25))
        for _ in range(lines):
            if y > canvas.height - 1.6 * size:
                break
            count = int(random.integers(1, max(2, round(canvas.width / size / 3))))
            marks.print_text(canvas, marks.words(count, random), left, y, size, font)
            y += size * 1.4

    def _photograph(self) -> tuple[bytes, View]:
        random, scene = self.generator, self.scene
        camera = Camera(
            angle=float(random.normal(0, 1.5)),
            tilt=(random.uniform(-0.06, 0.06), random.uniform(-0.06, 0.06)),
            shadow=random.uniform(*scene.shadow),
            grain=random.uniform(*scene.grain),
            blur=random.uniform(0, 1.2),
            quality=int(random.integers(*scene.quality)),
        )
        return self.canvas.photograph(camera, random)


def _number(glyphs: list[Glyph], view: View) -> Number:
    text = "".join(str(glyph.label) for glyph in glyphs)
    boxes = tuple(view.box(glyph.coverage, glyph.left, glyph.top) for glyph in glyphs)
    return Number(text, boxes)
