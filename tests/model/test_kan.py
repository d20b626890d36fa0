import pytest
import torch

from mark_core.model.kan import Adaptation, GatedSelfAttention, KANLinear, projection


def slow_basis(x: float, knots: list[float], i: int, k: int) -> float:
    """Cox-de Boor, by its recursive definition."""
    if k == 0:
        return float(knots[i] <= x < knots[i + 1])
    left = (x - knots[i]) / (knots[i + k] - knots[i]) * slow_basis(x, knots, i, k - 1)
    right = (knots[i + k + 1] - x) / (knots[i + k + 1] - knots[i + 1]) * slow_basis(x, knots, i + 1, k - 1)
    return left + right


def test_bases_equal_the_recursion():
    layer = KANLinear(3, 2).double()
    x = torch.rand(7, 3, dtype=torch.double) * 2.6 - 1.3
    bases = layer.b_splines(x)
    for n in range(7):
        for i in range(3):
            knots = layer.grid[i].tolist()
            expected = [slow_basis(x[n, i].item(), knots, j, 3) for j in range(8)]
            assert bases[n, i].tolist() == pytest.approx(expected, abs=1e-9)


def test_bases_sum_to_one_inside_the_grid():
    bases = KANLinear(4, 2).double().b_splines(torch.rand(200, 4, dtype=torch.double) * 1.98 - 0.99)
    torch.testing.assert_close(bases.sum(-1), torch.ones(200, 4, dtype=torch.double))


def test_gradient_of_the_bases():
    layer = KANLinear(3, 2).double()
    x = (torch.rand(5, 3, dtype=torch.double) * 2 - 1).requires_grad_()
    assert torch.autograd.gradcheck(layer.b_splines, (x,))


def test_layer_is_base_plus_splines():
    layer = KANLinear(3, 2)
    x = torch.rand(4, 3) * 2 - 1
    expected = torch.zeros(4, 2)
    bases = layer.b_splines(x)
    for o in range(2):
        for i in range(3):
            spline = (bases[:, i] * layer.spline_weight[o, i]).sum(-1) * layer.spline_scaler[o, i]
            expected[:, o] += layer.base_weight[o, i] * torch.nn.functional.silu(x[:, i]) + spline
    torch.testing.assert_close(layer(x), expected)


def test_state_dict_is_that_of_efficient_kan():
    """Names and shapes of efficient_kan.KANLinear(in=6, out=4, grid_size=5, spline_order=3)."""
    shapes = {key: tuple(value.shape) for key, value in KANLinear(6, 4).state_dict().items()}
    assert shapes == {
        "base_weight": (4, 6),
        "spline_weight": (4, 6, 8),
        "spline_scaler": (4, 6),
        "grid": (6, 12),
    }
    source, target = KANLinear(6, 4), KANLinear(6, 4)
    state = source.state_dict()
    state["grid"] = state["grid"] * 1.5  # a grid that was fitted to data
    target.load_state_dict(state)
    source.load_state_dict(state)
    x = torch.rand(3, 6)
    torch.testing.assert_close(source(x), target(x))


def test_mlp_of_equal_size():
    count = lambda module: sum(p.numel() for p in module.parameters())  # noqa: E731
    assert count(projection("mlp", 64, 128)) == pytest.approx(count(projection("kan", 64, 128)), rel=0.02)
    with pytest.raises(ValueError, match="unknown projection"):
        projection("cnn", 4, 4)


@pytest.mark.parametrize("scope", ["token", "vector"])
def test_adaptation_does_not_look_at_other_samples(scope):
    """The fault of the published code: there the softmax of the attention ran over the batch."""
    torch.manual_seed(0)
    layer = Adaptation(128, token_width=32, heads=4, scope=scope).eval()
    x = torch.randn(16, 128)
    together = layer(x)
    for i in range(len(x)):
        torch.testing.assert_close(layer(x[i : i + 1])[0], together[i], atol=1e-5, rtol=0)


def test_attention_mixes_the_tokens_of_a_sample():
    torch.manual_seed(0)
    layer = GatedSelfAttention(32, heads=4)
    x = torch.randn(1, 5, 32) * 0.5
    changed = x.clone()
    changed[0, 4] += 0.5
    assert (layer(x)[0, 0] - layer(changed)[0, 0]).abs().max() > 1e-6


def test_widths_that_do_not_divide():
    with pytest.raises(ValueError, match="not divisible"):
        Adaptation(100, token_width=64)
    with pytest.raises(ValueError, match="not divisible"):
        GatedSelfAttention(10, heads=4)
