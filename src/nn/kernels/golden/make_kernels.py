"""The kernels of this folder, made by OpenCV, SciPy, or formulas written another way: `npm run golden -- kernels`."""

import math
import sys

import cv2
import numpy as np
from golden_files import write_json
from scipy import ndimage, signal

ELEMENTARY = np.zeros((3, 3))
ELEMENTARY[1, 1] = 1


def response(function, size):
    """The kernel of a linear filter that correlates: its answer to a point, turned round."""
    point = np.zeros(size)
    point[size[0] // 2, size[1] // 2] = 1
    return function(point)[::-1, ::-1]


def gaussian(sigma, size):
    """SciPy's filter, which is separable, on a point; `size` is what its truncation gives."""
    truncate = 2 if sigma == (1.5, 0.5) else 4
    return response(lambda x: ndimage.gaussian_filter(x, sigma, truncate=truncate, mode="constant"), size)


def opencv_gaussian(rows, columns, sigma):
    return cv2.getGaussianKernel(rows, sigma) @ cv2.getGaussianKernel(columns, sigma).T


def opencv_derivative(dx, dy, scharr=False):
    column, row = cv2.getDerivKernels(dx, dy, cv2.FILTER_SCHARR if scharr else 3, ktype=cv2.CV_64F)[::-1]
    return column @ row.T


def motion_blur(length, degrees):
    """The distance of each pixel from the segment, found by walking along it; trimmed to what is not zero."""
    half = (length - 1) / 2
    direction = np.exp(1j * math.radians(degrees))
    reach = math.ceil(half) + 1
    k = np.zeros((2 * reach + 1,) * 2)
    for i in range(-reach, reach + 1):
        for j in range(-reach, reach + 1):
            along = ((j - 1j * i) / direction).real  # rows count downwards
            near = sorted((-half, along, half))[1] * direction
            k[i + reach, j + reach] = max(0, 1 - abs(j - 1j * i - near))
    k[k < 1e-9] = 0
    rows, columns = np.nonzero(k.any(1))[0], np.nonzero(k.any(0))[0]
    k = k[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return k / k.sum()


def laplacian_of_gaussian(sigma, size):
    """Central second differences of the bell in a much finer grid, less their mean."""
    n, h = size // 2, 1e-4
    at = np.arange(-n, n + 1.0)
    bell = lambda t: np.exp(-(t**2) / (2 * sigma**2))
    second = (bell(at + h) - 2 * bell(at) + bell(at - h)) / h**2
    k = np.outer(second, bell(at)) + np.outer(bell(at), second)
    k /= bell(at).sum() ** 2
    return k - k.mean()


def opencv_sharpen(amount, laplacian):
    return ELEMENTARY - amount * laplacian


laplacian4 = response(lambda x: ndimage.laplace(x, mode="constant"), (3, 3))
laplacian8 = np.ones((3, 3)) - 9 * ELEMENTARY
kernels = {
    "box: 3": response(lambda x: cv2.blur(x, (3, 3), borderType=cv2.BORDER_CONSTANT), (3, 3)),
    "box: 2×5": np.full((2, 5), 0.1),
    "binomial: 1": np.ones((1, 1)),
    "binomial: 4": np.outer(*[np.poly1d((0.5, 0.5)).__pow__(3).coeffs] * 2),
    "binomial: 5": opencv_gaussian(5, 5, -1),
    "gaussian: σ 0.8": gaussian((0.8, 0.8), (7, 7)),
    "gaussian: σ 1.5 and 0.5, truncated at 2": gaussian((1.5, 0.5), (7, 3)),
    "gaussian: 4, σ 1.2": np.outer(*[signal.windows.gaussian(4, 1.2)] * 2) / signal.windows.gaussian(4, 1.2).sum() ** 2,
    "gaussian: 5×3, σ 1.2": opencv_gaussian(5, 3, 1.2),
    "gaussian: 13×11": opencv_gaussian(13, 11, -1),
    "motionBlur: 5": np.full((1, 5), 0.2),
    "motionBlur: 4, 90°": np.array([[0.5], [1], [1], [1], [0.5]]) / 4,
    "motionBlur: 7.5, 30°": motion_blur(7.5, 30),
    "motionBlur: 6, −60°": motion_blur(6, -60),
    "sobel: x": opencv_derivative(1, 0),
    "sobel: y": opencv_derivative(0, 1),
    "prewitt: x": response(lambda x: ndimage.prewitt(x, 1, mode="constant"), (3, 3)),
    "prewitt: y": response(lambda x: ndimage.prewitt(x, 0, mode="constant"), (3, 3)),
    "scharr: x": opencv_derivative(1, 0, True),
    "scharr: y": opencv_derivative(0, 1, True),
    "laplacian: 4": laplacian4,
    "laplacian: 8": laplacian8,
    "laplacianOfGaussian: σ 1": laplacian_of_gaussian(1, 9),
    "laplacianOfGaussian: σ 0.5, 5×5": laplacian_of_gaussian(0.5, 5),
    "sharpen: 1": opencv_sharpen(1, laplacian4),
    "sharpen: 0.5 of 8": opencv_sharpen(0.5, laplacian8),
    "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    "edge": -laplacian8,
    "gabor: 5×7": cv2.getGaborKernel((7, 5), 1.5, 0, 4, 1),
    "gabor: all parameters": cv2.getGaborKernel((9, 9), 2, 0.7, 5, 0.5, 0.3),
}
golden = {
    name: {"shape": list(k.shape), "values": [float(f"{v:.12g}") for v in k.ravel()]}
    for name, k in kernels.items()
}
write_json(sys.argv[1], golden)
