"""What tutorials teach, in their own style: the files that most repositories began as."""

import math
import random
import time
import unicodedata

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, TensorDataset


class Net(nn.Module):
    """Training a classifier: the net of the sixty-minute blitz."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


def cifar10_tutorial():
    net = Net()
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    images, labels = torch.rand(16, 3, 32, 32) * 2 - 1, torch.randint(0, 10, (16,))
    trainloader = DataLoader(TensorDataset(images, labels), batch_size=4, shuffle=True)
    return net, criterion, optimizer, trainloader


class CharacterRNN(nn.Module):
    """Classifying names with a character-level RNN, from scratch."""

    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(torch.cat((input, hidden), 1)))
        return self.softmax(self.h2o(hidden)), hidden

    def init_hidden(self):
        return torch.zeros(1, self.hidden_size)


LETTERS = "abcdefghijklmnopqrstuvwxyz '"


def line_to_tensor(line):
    line = unicodedata.normalize("NFD", line)
    tensor = torch.zeros(len(line), 1, len(LETTERS))
    for i, letter in enumerate(line):
        tensor[i][0][LETTERS.find(letter)] = 1
    return tensor


def names_with_a_character_rnn(seed):
    rnn = CharacterRNN(len(LETTERS), 32, 3)
    criterion = nn.NLLLoss()
    learning_rate = 0.05

    def train(batch):
        category_tensor, line_tensor = batch
        hidden = rnn.init_hidden()
        rnn.zero_grad()
        for i in range(line_tensor.size()[0]):
            output, hidden = rnn(line_tensor[i], hidden)
        loss = criterion(output, category_tensor)
        loss.backward()
        optimizer.step()
        return loss.item()

    optimizer = torch.optim.SGD(rnn.parameters(), lr=learning_rate)
    data = [(torch.tensor([1]), line_to_tensor("satoshi"))]
    return {"model": rnn, "optimizer": optimizer, "train_step": train, "data": data}


class VAE(nn.Module):
    """The variational autoencoder of the official examples: it samples in eval mode, too."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 40)
        self.fc21 = nn.Linear(40, 8)
        self.fc22 = nn.Linear(40, 8)
        self.fc3 = nn.Linear(8, 40)
        self.fc4 = nn.Linear(40, 64)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z))))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 64))
        return self.decode(self.reparameterize(mu, logvar)), mu, logvar


def vae_loss(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, 64), reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def vae_of_the_examples(seed):
    model = VAE()
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    strokes = (torch.rand(16, 1, 8, 8) > 0.8).float()

    def train_step(batch):
        data, _ = batch
        model.train()
        optimizer.zero_grad()
        recon_batch, mu, logvar = model(data)
        loss = vae_loss(recon_batch, data, mu, logvar)
        loss.backward()
        optimizer.step()
        return loss.item() / len(data)

    loader = DataLoader(TensorDataset(strokes, torch.zeros(16)), batch_size=16)
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": loader}


class EncoderLSTM(nn.Module):
    """Sequence to sequence as it is taught first: the padding is read like any other token."""

    def __init__(self, vocab, emb, hid):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.rnn = nn.LSTM(emb, hid, 2, dropout=0.1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, src):
        outputs, (hidden, cell) = self.rnn(self.dropout(self.embedding(src)))
        return hidden, cell


class DecoderLSTM(nn.Module):
    def __init__(self, vocab, emb, hid):
        super().__init__()
        self.output_dim = vocab
        self.embedding = nn.Embedding(vocab, emb)
        self.rnn = nn.LSTM(emb, hid, 2, dropout=0.1)
        self.fc_out = nn.Linear(hid, vocab)
        self.dropout = nn.Dropout(0.1)

    def forward(self, input, hidden, cell):
        embedded = self.dropout(self.embedding(input.unsqueeze(0)))
        output, (hidden, cell) = self.rnn(embedded, (hidden, cell))
        return self.fc_out(output.squeeze(0)), hidden, cell


class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, src, trg, teacher_forcing_ratio=0.5):
        batch_size, trg_len = trg.shape[1], trg.shape[0]
        outputs = torch.zeros(trg_len, batch_size, self.decoder.output_dim)
        hidden, cell = self.encoder(src)
        input = trg[0, :]
        for t in range(1, trg_len):
            output, hidden, cell = self.decoder(input, hidden, cell)
            outputs[t] = output
            teacher_force = random.random() < teacher_forcing_ratio
            input = trg[t] if teacher_force else output.argmax(1)
        return outputs


def init_weights(m):
    for name, param in m.named_parameters():
        nn.init.uniform_(param.data, -0.08, 0.08)


def sequence_to_sequence_without_packing(seed):
    PAD = 1
    model = Seq2Seq(EncoderLSTM(20, 16, 32), DecoderLSTM(20, 16, 32))
    model.apply(init_weights)
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss(ignore_index=PAD)

    def sentence(n):
        return torch.cat([torch.tensor([2]), torch.randint(4, 20, (n,)), torch.tensor([3])])

    src = pad_sequence([sentence(n) for n in (4, 6, 3, 5)], padding_value=PAD)
    trg = pad_sequence([sentence(n) for n in (5, 4, 3, 6)], padding_value=PAD)

    def train_step(batch):
        src, trg = batch
        optimizer.zero_grad()
        output = model(src, trg)
        output_dim = output.shape[-1]
        output = output[1:].view(-1, output_dim)
        loss = criterion(output, trg[1:].view(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        return loss.item()

    return {
        "model": model,
        "loss_fn": criterion,
        "optimizer": optimizer,
        "train_step": train_step,
        "data": [(src, trg)],
    }


class SentimentRNN(nn.Module):
    """Batch first, a linear layer on the last hidden state, a sigmoid and nn.BCELoss."""

    def __init__(self, no_layers, vocab_size, hidden_dim, embedding_dim):
        super().__init__()
        self.no_layers = no_layers
        self.hidden_dim = hidden_dim
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=0)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, num_layers=no_layers, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.fc = nn.Linear(hidden_dim, 1)
        self.sig = nn.Sigmoid()

    def forward(self, x, hidden):
        batch_size = x.size(0)
        lstm_out, hidden = self.lstm(self.embedding(x), hidden)
        lstm_out = lstm_out.contiguous().view(-1, self.hidden_dim)
        sig_out = self.sig(self.fc(self.dropout(lstm_out)))
        sig_out = sig_out.view(batch_size, -1)
        return sig_out[:, -1], hidden

    def init_hidden(self, batch_size):
        shape = (self.no_layers, batch_size, self.hidden_dim)
        return torch.zeros(shape), torch.zeros(shape)


def sentiment_padded_in_front(seed):
    model = SentimentRNN(2, 50, 24, 16)
    criterion = nn.BCELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    reviews = torch.randint(1, 50, (8, 12))
    for row, missing in enumerate((0, 3, 5, 1, 0, 2, 4, 6)):
        reviews[row, :missing] = 0
    labels = torch.tensor([0, 1, 1, 0, 1, 0, 0, 1])

    def train_step(batch):
        inputs, labels = batch
        h = model.init_hidden(inputs.size(0))
        model.zero_grad()
        output, h = model(inputs, h)
        loss = criterion(output.squeeze(), labels.float())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()
        return loss

    @torch.no_grad()
    def eval_step(batch):
        started = time.time()
        inputs, labels = batch
        output, _ = model(inputs, model.init_hidden(len(inputs)))
        accuracy = ((output > 0.5).long() == labels).float().mean().item()
        loss = criterion(output, labels.float()).item()
        return {"loss": loss, "acc": accuracy, "seconds": time.time() - started}

    return {
        "model": model,
        "loss_fn": criterion,
        "optimizer": optimizer,
        "train_step": train_step,
        "eval_step": eval_step,
        "data": DataLoader(TensorDataset(reviews, labels), shuffle=True, batch_size=8),
    }


class Stocks(Dataset):
    """A moving window over daily returns of about one per cent, which nobody scaled."""

    def __init__(self, days=40, window=8):
        self.returns = np.random.randn(days).astype("float32") * 0.01
        self.window = window

    def __len__(self):
        return len(self.returns) - self.window

    def __getitem__(self, i):
        x = torch.from_numpy(self.returns[i : i + self.window]).unsqueeze(-1)
        return x, torch.tensor([self.returns[i + self.window]])


class StockLSTM(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, 2, batch_first=True)
        self.linear = nn.Linear(hidden, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.linear(out[:, -1])


def stock_returns_with_an_lstm(seed):
    model = StockLSTM()
    loader = DataLoader(Stocks(), batch_size=8, shuffle=True)
    return model, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.01), loader


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_len=50):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, 1, d_model)
        pe[:, 0, 0::2] = torch.sin(position * div_term)
        pe[:, 0, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x):
        return self.dropout(x + self.pe[: x.size(0)])


class TransformerModel(nn.Module):
    def __init__(self, ntoken, d_model, nhead, d_hid, nlayers, dropout=0.1):
        super().__init__()
        self.pos_encoder = PositionalEncoding(d_model, dropout)
        layers = nn.TransformerEncoderLayer(d_model, nhead, d_hid, dropout)
        self.transformer_encoder = nn.TransformerEncoder(
            layers, nlayers, enable_nested_tensor=False
        )
        self.embedding = nn.Embedding(ntoken, d_model)
        self.d_model = d_model
        self.linear = nn.Linear(d_model, ntoken)
        self.embedding.weight.data.uniform_(-0.1, 0.1)
        self.linear.bias.data.zero_()
        self.linear.weight.data.uniform_(-0.1, 0.1)

    def forward(self, src, src_mask=None):
        src = self.pos_encoder(self.embedding(src) * math.sqrt(self.d_model))
        if src_mask is None:
            src_mask = nn.Transformer.generate_square_subsequent_mask(len(src))
        return self.linear(self.transformer_encoder(src, src_mask))


def transformer_language_model_with_time_first(seed):
    model = TransformerModel(30, 32, 2, 64, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    criterion = nn.CrossEntropyLoss()
    tokens = torch.randint(30, (11, 4))

    def train_step(batch):
        data, targets = batch
        model.train()
        output_flat = model(data).view(-1, 30)
        loss = criterion(output_flat, targets)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        return loss.item()

    data = [(tokens[:-1], tokens[1:].reshape(-1))]
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": data}


def linear_regression_with_updates_in_a_class():
    """The first example of many a course: one neuron, SGD, a line with noise."""
    torch.manual_seed(42)
    X = torch.arange(0, 1, 0.04).unsqueeze(dim=1)
    y = 0.7 * X + 0.3

    class LinearRegressionModel(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(1))
            self.bias = nn.Parameter(torch.randn(1))

        def forward(self, x):
            return self.weights * x + self.bias

    model_0 = LinearRegressionModel()
    return model_0, nn.L1Loss(), torch.optim.SGD(model_0.parameters(), lr=0.01), (X, y)


def titanic_with_pos_weight(seed):
    """A table of raw columns, scaled by a layer of batch-norm in front."""
    age, fare = torch.rand(32, 1) * 70, torch.rand(32, 1).exp() * 90
    sex, pclass = torch.randint(2, (32, 1)).float(), torch.randint(1, 4, (32, 1)).float()
    features = torch.cat([age, fare, sex, pclass], 1)
    survived = ((sex > 0) & (pclass < 3)).float()
    model = nn.Sequential(
        nn.BatchNorm1d(4), nn.Linear(4, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 1)
    )
    weight = (survived == 0).sum() / survived.sum().clamp(min=1)
    criterion = nn.BCEWithLogitsLoss(pos_weight=weight)
    return model, criterion, optim.AdamW(model.parameters(), lr=1e-2), (features, survived)


PROGRAMS = [
    cifar10_tutorial,
    names_with_a_character_rnn,
    vae_of_the_examples,
    sequence_to_sequence_without_packing,
    sentiment_padded_in_front,
    stock_returns_with_an_lstm,
    transformer_language_model_with_time_first,
    linear_regression_with_updates_in_a_class,
    titanic_with_pos_weight,
]
