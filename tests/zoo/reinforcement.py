"""Learning from what was done and rewarded, on one recorded batch."""

import copy
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.distributions import Categorical


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine1 = nn.Linear(4, 64)
        self.dropout = nn.Dropout(p=0.6)
        self.affine2 = nn.Linear(64, 2)

    def forward(self, x):
        x = F.relu(self.dropout(self.affine1(x)))
        return F.softmax(self.affine2(x), dim=1)


def reinforce(seed):
    """Its loss is no distance to anything: it may rise and fall while all is well."""
    policy = Policy()
    optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
    eps = torch.finfo(torch.float32).eps

    def train_step(batch):
        states, actions, rewards = batch
        returns, R = [], 0.0
        for r in rewards.flip(0):
            R = r + 0.99 * R
            returns.insert(0, R)
        returns = torch.stack(returns)
        returns = (returns - returns.mean()) / (returns.std() + eps)
        log_probs = Categorical(policy(states)).log_prob(actions)
        optimizer.zero_grad()
        policy_loss = (-log_probs * returns).sum()
        policy_loss.backward()
        optimizer.step()
        return policy_loss

    episode = torch.randn(16, 4), torch.randint(2, (16,)), torch.rand(16)
    return {
        "model": policy,
        "optimizer": optimizer,
        "train_step": train_step,
        "data": [episode],
        "hints": {"memorizable": "off"},
    }


class Transition(NamedTuple):
    state: Tensor
    action: Tensor
    reward: Tensor
    next_state: Tensor
    done: Tensor


class QAgent:
    """A target network follows the online one; it is no part of the model that is trained."""

    def __init__(self):
        self.online = nn.Sequential(nn.Linear(6, 48), nn.ReLU(), nn.Linear(48, 3))
        self.target = copy.deepcopy(self.online).requires_grad_(False)
        self.optimizer = torch.optim.Adam(self.online.parameters(), lr=3e-3)

    def update(self, batch):
        q = self.online(batch.state).gather(1, batch.action[:, None]).squeeze(1)
        with torch.no_grad():
            best = self.target(batch.next_state).max(1).values
            wanted = batch.reward + 0.9 * (1 - batch.done) * best
        loss = F.smooth_l1_loss(q, wanted)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(self.online.parameters(), 100)
        self.optimizer.step()
        for slow, fast in zip(self.target.parameters(), self.online.parameters()):
            slow.data.mul_(0.995).add_(fast.data, alpha=0.005)
        return loss.item()


def deep_q_learning(seed):
    agent = QAgent()
    batch = Transition(
        torch.randn(16, 6),
        torch.randint(3, (16,)),
        torch.randn(16),
        torch.randn(16, 6),
        (torch.rand(16) < 0.2).float(),
    )
    return {
        "model": agent.online,
        "optimizer": agent.optimizer,
        "train_step": agent.update,
        "data": batch,
    }


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 64), nn.Tanh())
        self.action_head, self.value_head = nn.Linear(64, 2), nn.Linear(64, 1)

    def forward(self, x):
        x = self.body(x)
        return F.softmax(self.action_head(x), dim=-1), self.value_head(x).squeeze(-1)


def actor_critic(seed):
    model = ActorCritic()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

    def loss_fn(model, batch):
        probs, value = model(batch["obs"])
        dist = Categorical(probs)
        advantage = batch["returns"] - value.detach()
        actor = -(dist.log_prob(batch["act"]) * advantage).mean()
        critic = F.smooth_l1_loss(value, batch["returns"])
        return actor + 0.5 * critic - 0.01 * dist.entropy().mean()

    batch = {
        "obs": torch.randn(16, 4),
        "act": torch.randint(2, (16,)),
        "returns": torch.randn(16),
    }
    hints = {"memorizable": "off"}
    return dict(model=model, loss_fn=loss_fn, optimizer=optimizer, data=batch, hints=hints)


class GaussianPolicy(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Sequential(nn.Linear(8, 48), nn.ELU(), nn.Linear(48, 2), nn.Tanh())
        self.log_std = nn.Parameter(torch.zeros(2))

    def forward(self, obs):
        return torch.distributions.Normal(self.mean(obs), self.log_std.clamp(-3, 1).exp())


def behaviour_cloning(seed):
    """Expert actions under a Gaussian whose width is learnt: a loss that ends below zero."""
    policy = GaussianPolicy()
    demonstrations = torch.randn(16, 8), torch.rand(16, 2) * 1.6 - 0.8

    def nll(dist, action):
        return -dist.log_prob(action).sum(-1).mean()

    return policy, nll, torch.optim.Adam(policy.parameters(), lr=1e-2), demonstrations


PROGRAMS = [reinforce, deep_q_learning, actor_critic, behaviour_cloning]
