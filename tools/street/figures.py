"""Who is in the sample street: the car, the walker, the dog and the cat.

The origin of each is on the ground below it.
"""

import numpy as np

from tools.street.canvas import Canvas, Gradient, Point, curve, shade

_INK = "#2b2a33"


def car(canvas: Canvas, driven: float) -> None:
    """A red car that has `driven` to the right; 330 wide, from its back bumper on."""
    canvas.ellipse((2, -12, 352, 14), "#1c1c24", 0.62, soft=6)
    canvas.box((30, -34, 312, -10), "#16161c", radius=8)
    body: list[Point] = [(4, -30), (3, -58), (10, -78), (26, -86), (52, -112), (84, -126), (150, -129), (190, -122)]
    body += [(218, -104), (240, -86), (282, -78), (316, -68), (327, -54), (329, -30), (318, -19), (240, -16), (80, -16)]
    shell = curve([*body, (14, -19)])
    canvas.polygon(shell, Gradient("#f0574a", "#a3141d"))
    inside = canvas.within(shell)
    inside.box((0, -36, 335, -10), "#5c070f", 0.55, soft=6)
    inside.polygon([(0, -84), (335, -84), (335, -74), (0, -76)], "#ff9d8c", 0.65, soft=3)
    inside.polygon([(50, -131), (210, -131), (170, -122), (80, -121)], "#ffb3a3", 0.7, soft=3)
    inside.line(curve([(8, -56), (120, -60), (240, -58), (326, -50)], closed=False), 1.6, "#7d0c14", 0.7)
    inside.line(curve([(8, -54), (120, -58), (240, -56), (326, -48)], closed=False), 1.2, "#ff8576", 0.6)
    _glass(canvas)
    for line in ([(148, -84), (146, -40), (150, -24)], [(218, -86), (222, -60), (214, -30)], [(84, -82), (76, -58)]):
        canvas.line(curve(line, closed=False), 1.1, "#6d0a12", 0.8)
    for x in (128, 199):
        canvas.box((x, -73, x + 15, -69), Gradient("#ffd0c6", "#8e1119"), radius=2)
    canvas.box((0, -33, 16, -22), Gradient("#55565e", "#26262c"), radius=4)
    canvas.box((312, -34, 333, -22), Gradient("#55565e", "#26262c"), radius=4)
    canvas.polygon(curve([(4, -72), (14, -80), (22, -78), (18, -62), (4, -58)]), Gradient("#ff7b5a", "#b00d12"))
    canvas.polygon(curve([(298, -70), (316, -66), (325, -55), (306, -57)]), Gradient("#ffffff", "#bcd3e2"))
    canvas.polygon(curve([(212, -90), (224, -96), (229, -88), (222, -84), (213, -84)]), Gradient("#e04a40", "#8a1018"))
    for x in (72, 262):
        inside.ellipse((x - 37, -65, x + 37, 6), "#1d060a")
        _wheel(canvas.at(x, -29), driven / 29.5)


def _glass(canvas: Canvas) -> None:
    for pane in (
        [(45, -86), (62, -108), (88, -120), (140, -123), (142, -86)],
        [(149, -86), (147, -123), (184, -118), (206, -102), (222, -86)],
    ):
        canvas.polygon(pane, Gradient("#2a3a4c", "#7fa3b8"))
        inside = canvas.within(pane)
        inside.box((100, -106, 122, -80), "#2b3542", 0.8, radius=7)
        inside.polygon(curve([(154, -80), (157, -93), (167, -97), (178, -93), (184, -80)]), "#31557a")
        inside.ellipse((160, -117, 176, -95), Gradient("#d9ab8b", "#a87a5e"))
        inside.polygon(curve([(157, -104), (159, -117), (169, -120), (177, -113), (168, -112), (163, -103)]), "#3a2a22")
        inside.line(curve([(190, -98), (196, -90), (199, -84)], closed=False), 2.6, "#1a1f27")
        inside.polygon([(60, -86), (96, -124), (122, -124), (84, -86)], "#ffffff", 0.25)
        inside.polygon([(160, -86), (190, -124), (200, -124), (172, -86)], "#ffffff", 0.25)
    canvas.line([(145, -86), (144, -124)], 4, "#8e1119")


def _wheel(canvas: Canvas, turned: float) -> None:
    canvas.disc(0, 0, 29.5, Gradient("#3a3a42", "#131318"))
    canvas.disc(0, 0, 20.5, Gradient("#f4f6f8", "#8d949c"))
    canvas.disc(0, 0, 17.5, "#33363d")
    for spoke in range(5):
        angle = turned + 2 * np.pi * spoke / 5
        x, y = np.cos(angle), np.sin(angle)
        corners = [(-3 * y, 3 * x), (18 * x - 5 * y, 18 * y + 5 * x), (18 * x + 5 * y, 18 * y - 5 * x), (3 * y, -3 * x)]
        canvas.polygon(corners, Gradient("#e8ecf0", "#a9b0b8"))
    canvas.disc(0, 0, 5.5, Gradient("#ffffff", "#8d949c"))


def walker(canvas: Canvas) -> None:
    """A woman in a yellow coat who walks to the right, 112 high, with a lead in her hand."""
    canvas.polygon(curve([(-14, -1), (10, -4), (60, 2), (84, 8), (50, 9), (0, 5)]), "#2d2a3a", 0.38, soft=2.5)
    for leg, colour in (([(-2, -46), (-7, -26), (-17, -5)], "#22304e"), ([(2, -46), (8, -25), (14, -4)], "#33456b")):
        canvas.line(curve(leg, closed=False), 8.6, colour)
    canvas.polygon(curve([(-23, -2), (-20, -8), (-13, -5), (-9, 0), (-20, 1)]), "#6d3b22")
    canvas.polygon(curve([(9, -6), (16, -7), (26, -2), (26, 1), (10, 1)]), Gradient("#95552f", "#5d311b"))
    canvas.line(curve([(-3, -82), (-12, -68), (-13, -54)], closed=False), 7, "#c48a1c")
    canvas.disc(-13, -51, 3.4, "#e3a987")
    coat = curve([(-9, -89), (0, -92), (9, -88), (11, -70), (14, -42), (2, -38), (-13, -41), (-10, -68)])
    canvas.polygon(coat, Gradient("#ffc94a", "#c98515", across=True))
    inside = canvas.within(coat)
    inside.polygon([(3, -92), (18, -92), (18, -36), (7, -36)], "#8a560a", 0.3, soft=4)
    inside.box((-14, -66, 16, -62.5), "#8a5a12", 0.8)
    inside.line([(2, -90), (3, -38)], 0.9, "#8a5a12", 0.8)
    canvas.line(curve([(5, -83), (12, -70), (24, -63)], closed=False), 7, Gradient("#f0b433", "#c07f16"))
    canvas.disc(26, -62, 3.5, "#efb896")
    hair = curve([(-8, -104), (-6, -113), (3, -116), (9, -110), (8, -102), (-1, -90), (-10, -88)])
    canvas.polygon(hair, Gradient("#7a4324", "#4a2512"))
    canvas.ellipse((-5, -111, 9.5, -94), Gradient("#f8cba8", "#dc9d78"))
    canvas.polygon([(8.5, -104), (11.6, -100.5), (8.5, -99.5)], "#eeb48f")
    canvas.polygon(curve([(-7, -103), (-5, -113), (4, -115), (9.5, -109), (3, -108), (-2, -101)]), "#6b3a1f")
    canvas.disc(5.6, -103, 0.95, _INK)
    canvas.line(curve([(4.6, -97.6), (6.6, -97), (8, -98)], closed=False), 0.8, "#a8483f")
    canvas.polygon(
        curve([(-8, -93), (0, -95), (8, -93), (9, -87), (0, -85), (-9, -87)]), Gradient("#e4526a", "#a52a44")
    )
    canvas.polygon(curve([(-7, -89), (-14, -80), (-20, -78), (-18, -85), (-9, -92)]), Gradient("#e4526a", "#a52a44"))
    canvas.line(curve([(27, -62), (36, -40), (50, -28), (74, -25)], closed=False, steps=20), 1.1, "#7a2222")


def dog(canvas: Canvas) -> None:
    """A brown and white dog that trots to the right, 44 high; its lead comes from the left."""
    canvas.polygon(curve([(-20, -2), (20, -4), (60, 2), (30, 6), (-16, 4)]), "#2d2a3a", 0.36, soft=2)
    for leg in ([(-15, -18), (-20, -10), (-22, 0)], [(13, -17), (10, -8), (6, -1)]):
        canvas.line(curve(leg, closed=False), 4.6, "#8b5426")
    for leg in ([(-14, -18), (-11, -9), (-13, 0)], [(15, -17), (18, -9), (23, -3)]):
        canvas.line(curve(leg, closed=False), 4.8, Gradient("#b8783c", "#f1e4d0"))
    canvas.line(curve([(-19, -24), (-28, -32), (-30, -40), (-26, -44)], closed=False), 3.8, "#b8783c")
    body = curve([(-21, -25), (-8, -30), (10, -30), (20, -30), (21, -19), (12, -13), (-6, -15), (-18, -14)])
    canvas.polygon(body, Gradient("#cf8d4c", "#8f5728"))
    inside = canvas.within(body)
    inside.ellipse((2, -22, 24, -6), "#f6ead8", 0.9, soft=1)
    inside.ellipse((-18, -33, 8, -22), "#e2a767", 0.6, soft=2)
    canvas.polygon(curve([(10, -28), (14, -40), (24, -42), (24, -30), (19, -20)]), Gradient("#d0904f", "#a4672f"))
    head = curve([(13, -39), (17, -47), (26, -48), (32, -43), (41, -39), (41, -34), (30, -32), (18, -32)])
    canvas.polygon(head, Gradient("#d8995a", "#a86b33"))
    canvas.polygon(curve([(29, -40), (41, -39), (41, -34), (30, -32.5)]), Gradient("#fbf1e2", "#d9c4a6"))
    canvas.ellipse((38.5, -41, 43, -36.8), _INK)
    canvas.disc(28.5, -42.5, 1.4, _INK)
    canvas.disc(28.9, -43, 0.45, "#ffffff")
    canvas.polygon(curve([(14, -46), (20, -48), (22, -40), (18, -30), (12, -33)]), Gradient("#8a4f22", "#5d3314"))
    canvas.line(curve([(37, -34), (33, -34.4), (30, -36)], closed=False), 0.8, "#5d3314")
    canvas.line([(11, -30), (22, -25)], 2.6, "#c22f3d")


def cat(canvas: Canvas) -> None:
    """A grey tabby that sits and looks at you, 36 high."""
    canvas.ellipse((-12, -5, 34, 5), "#2d2a3a", 0.35, soft=2)
    canvas.line(curve([(9, -3), (19, -3), (22, -10), (18, -15)], closed=False), 3.8, "#6f7480")
    body = curve([(-10, -2), (-12, -10), (-8, -20), (0, -25), (8, -20), (12, -9), (10, -1), (0, 1)])
    canvas.polygon(body, Gradient("#a2a8b4", "#666b78"))
    inside = canvas.within(body)
    for y in (-17, -12, -7):
        for side in (-1, 1):
            inside.line(
                curve([(side * 13, y - 2), (side * 8, y), (side * 6, y + 2)], closed=False), 1.3, "#4a4e59", 0.8
            )
    inside.ellipse((-4.5, -22, 4.5, -4), "#f2f2f0", 0.92, soft=0.8)
    for x in (-4.0, 4.0):
        canvas.ellipse((x - 3.4, -4.2, x + 3.4, 1.4), Gradient("#ffffff", "#cfd2d8"))
    for side in (-1, 1):
        canvas.polygon([(side * 8.6, -27), (side * 7.8, -38.5), (side * 1.8, -32.5)], shade("#8a909d", -0.1))
        canvas.polygon([(side * 7.4, -30), (side * 7.0, -36), (side * 3.4, -32.5)], "#e8a9ac")
    canvas.ellipse((-9.2, -34, 9.2, -19.5), Gradient("#aab0bc", "#7b818e"))
    for x in (-2.6, 0.0, 2.6):
        canvas.line([(x, -33.4), (x * 0.8, -30.4)], 1, "#4a4e59")
    canvas.ellipse((-4.6, -26.2, 4.6, -19.9), "#f5f5f3", 0.95, soft=0.4)
    for x in (-4, 4):
        canvas.ellipse((x - 2, -29.6, x + 2, -25.6), "#d6dd58")
        canvas.ellipse((x - 0.7, -29.4, x + 0.7, -25.8), _INK)
    canvas.polygon([(-1.3, -25.2), (1.3, -25.2), (0, -23.8)], "#e0868c")
    for side in (-1, 1):
        canvas.line([(0, -23.8), (side * 2, -22.4)], 0.6, _INK)
        for rise in (-1, 0.6):
            canvas.line([(side * 4, -23.4), (side * 12, -23.4 + rise * 1.6)], 0.45, "#ffffff", 0.85)
