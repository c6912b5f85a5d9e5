"""Optimisers that PyTorch 1.13 does not have, written from their papers in numpy, one parameter at a time."""

import numpy as np
import torch


class Paper(torch.optim.Optimizer):
    """Calls `update(p, g, state, t)`, which returns the new value of p as a numpy array; t counts from 1."""

    least_rank = 0

    def __init__(self, params, **settings):
        super().__init__(params, settings)

    @torch.no_grad()
    def step(self, closure):
        loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["t"] = state.get("t", 0) + 1
                new = self.update(p.numpy().copy(), p.grad.numpy().copy(), state, state["t"], **group)
                p.copy_(torch.from_numpy(new))
        return loss


def zeros(state, name, like):
    return state.setdefault(name, np.zeros_like(like))


class Lion(Paper):
    """Algorithm 2 of arXiv:2302.06675."""

    def update(self, theta, g, state, t, lr, betas=(0.9, 0.99), weight_decay=0.0, **_):
        m = zeros(state, "m", theta)
        c = betas[0] * m + (1 - betas[0]) * g
        theta = theta - lr * (np.sign(c) + weight_decay * theta)
        state["m"] = betas[1] * m + (1 - betas[1]) * g
        return theta


class Lamb(Paper):
    """Algorithm 2 of arXiv:1904.00962, with φ(z) = z."""

    def update(self, x, g, state, t, lr, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01, least_rank=2, **_):
        m = state["m"] = betas[0] * zeros(state, "m", x) + (1 - betas[0]) * g
        v = state["v"] = betas[1] * zeros(state, "v", x) + (1 - betas[1]) * g * g
        r = (m / (1 - betas[0] ** t)) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)
        u = r + weight_decay * x
        ratio = 1.0
        if x.ndim >= least_rank and np.linalg.norm(x) > 0 and np.linalg.norm(u) > 0:
            ratio = np.linalg.norm(x) / np.linalg.norm(u)
        return x - lr * ratio * u


class Lars(Paper):
    """Algorithm 1 of arXiv:1708.03888, with the global rate applied to the momentum's result."""

    def update(self, w, g, state, t, lr, momentum, trust_coeff, weight_decay=0.0, nesterov=False, least_rank=2, **_):
        rate = 1.0
        if w.ndim >= least_rank and np.linalg.norm(w) > 0 and np.linalg.norm(g) > 0:
            rate = trust_coeff * np.linalg.norm(w) / (np.linalg.norm(g) + weight_decay * np.linalg.norm(w) + 1e-8)
        step = rate * (g + weight_decay * w)
        v = state["v"] = momentum * zeros(state, "v", w) + step
        return w - lr * (step + momentum * v if nesterov else v)


class Muon(Paper):
    """Matrices by the rule of kellerjordan.github.io/posts/muon, vectors by AdamW's."""

    def update(
        self, w, g, state, t, lr, weight_decay=0.1, momentum=0.95, nesterov=True, ns_steps=5, match_rms_adamw=False,
        adamw_lr=None, adamw_betas=(0.9, 0.999), adamw_eps=1e-8, **_,
    ):  # fmt: skip
        if w.ndim < 2:
            rate = lr if adamw_lr is None else adamw_lr
            m = state["m"] = adamw_betas[0] * zeros(state, "m", w) + (1 - adamw_betas[0]) * g
            v = state["v"] = adamw_betas[1] * zeros(state, "v", w) + (1 - adamw_betas[1]) * g * g
            m, v = m / (1 - adamw_betas[0] ** t), v / (1 - adamw_betas[1] ** t)
            return (1 - rate * weight_decay) * w - rate * m / (np.sqrt(v) + adamw_eps)
        b = state["b"] = momentum * zeros(state, "b", w) + (1 - momentum) * g
        d = (1 - momentum) * g + momentum * b if nesterov else b
        # Newton and Schulz's iteration acts on the singular values alone: s ← 3.4445·s − 4.775·s³ + 2.0315·s⁵.
        u, s, vt = np.linalg.svd(d, full_matrices=False)
        s = s / max(np.sqrt((s**2).sum()), 1e-7)
        for _ in range(ns_steps):
            s = 3.4445 * s - 4.775 * s**3 + 2.0315 * s**5
        rows, columns = w.shape
        scale = 0.2 * np.sqrt(max(rows, columns)) if match_rms_adamw else np.sqrt(max(1, rows / columns))
        return (1 - lr * weight_decay) * w - lr * scale * (u * s) @ vt


class Around:
    """An optimiser around another, `inner`, over the same parameters."""

    def __init__(self, inner):
        self.inner = inner
        self.params = [p for group in inner.param_groups for p in group["params"]]
        self.param_groups = inner.param_groups


class Lookahead(Around):
    """Algorithm 1 of arXiv:1907.08610."""

    def __init__(self, inner, k=5, alpha=0.5):
        super().__init__(inner)
        self.k, self.alpha, self.t = k, alpha, 0
        self.slow = [p.detach().clone() for p in self.params]

    def step(self, closure):
        self.inner.step(closure)
        self.t += 1
        if self.t % self.k == 0:
            for slow, p in zip(self.slow, self.params):
                slow += self.alpha * (p.detach() - slow)
                p.data.copy_(slow)


class Sam(Around):
    """Algorithm 1 of arXiv:2010.01412; adaptive, of arXiv:2102.11600, with T = |w| + 0.01."""

    def __init__(self, inner, rho=0.05, adaptive=False):
        super().__init__(inner)
        self.rho, self.adaptive = rho, adaptive

    def step(self, closure):
        closure()
        start = [p.detach().clone() for p in self.params]
        t = [p.abs() + 0.01 if self.adaptive else torch.ones_like(p) for p in start]
        norm = torch.sqrt(sum(((ti * p.grad) ** 2).sum() for ti, p in zip(t, self.params))) + 1e-12
        for ti, p in zip(t, self.params):
            p.data.add_(self.rho * ti * ti * p.grad / norm)
        closure()
        for p, old in zip(self.params, start):
            p.data.copy_(old)
        self.inner.step()


class uphill(Around):
    """Maximises, for optimisers that know no `maximize`."""

    def step(self, closure):
        closure()
        for p in self.params:
            p.grad.neg_()
        self.inner.step(lambda: None)


class decoupled(Around):
    """Decay beside the gradient, as AdamW's, for optimisers that know none."""

    def __init__(self, inner, weight_decay):
        super().__init__(inner)
        self.weight_decay = weight_decay

    def step(self, closure):
        closure()
        for group in self.param_groups:
            for p in group["params"]:
                p.data.mul_(1 - group["lr"] * self.weight_decay)
        self.inner.step()
