"""The image tower: what it computes in evaluation is what it computes in training."""

from __future__ import annotations

import pytest
import torch

from mark_core.model.tower import ContextBlock, StripTower


@pytest.mark.parametrize("dilation", [1, 4, 16])
def test_a_context_block_is_the_same_in_either_layout(dilation):
    torch.manual_seed(0)
    block = ContextBlock(8, dilation).eval()
    block.bn.running_mean.normal_()
    block.bn.running_var.uniform_(0.5, 2)
    columns = torch.randn(3, 8, 40)
    over_rows = columns.unsqueeze(2).contiguous(memory_format=torch.channels_last)
    assert torch.allclose(block.over_rows(over_rows).squeeze(2), block(columns), atol=1e-5)
    assert not torch.allclose(block(columns), columns, atol=0.1)


def test_columns_in_evaluation_are_those_of_the_blocks_one_after_the_other():
    torch.manual_seed(0)
    tower = StripTower(context=(1, 2, 8)).eval()
    with torch.inference_mode():
        drawn, read, counts = tower.forward_features(torch.rand(2, 1, 48, 160))
        expected = tower.context(drawn.transpose(1, 2)).transpose(1, 2)
    assert counts.tolist() == [40, 40]
    assert torch.allclose(read, expected, atol=1e-4)
