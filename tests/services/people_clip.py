"""A tiny clip with one person: the public-domain astronaut portrait drifting to the right."""

import cv2
import numpy as np
from skimage import data

from rumiai_v2.media.open import Limits, open_media
from tests.media_factory import render, solid, times_at

SIDE = 384


def person_media(folder, *, seconds=0.8, drift=3):
    portrait = cv2.resize(data.astronaut(), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    tall = np.pad(portrait, ((128, 128), (0, 0), (0, 0)), constant_values=90)
    times = times_at(25, seconds)
    pictures = [np.roll(tall, drift * k, axis=1) for k in range(len(times))]
    return open_media(render(folder / "person.mp4", pictures, times), limits=Limits())


def empty_media(folder):
    return open_media(
        render(folder / "empty.mp4", [solid((80, 90, 100), width=192, height=256)] * 5, times_at(5, 1)), limits=Limits()
    )
