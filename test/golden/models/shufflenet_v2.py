"""ShuffleNet v2: torchvision's."""

from torchvision import models
from zoo import Case

CASES = [
    Case("shufflenet_v2_x0_5", models.shufflenet_v2_x0_5, gain=0.8, training=True),
    Case("shufflenet_v2_x1_0", models.shufflenet_v2_x1_0, gain=0.8, slow=True),
    Case("shufflenet_v2_x1_5", models.shufflenet_v2_x1_5, gain=0.8, slow=True),
    Case("shufflenet_v2_x2_0", models.shufflenet_v2_x2_0, gain=0.8, slow=True),
]
