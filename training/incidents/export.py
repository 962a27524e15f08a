"""Writes taggers of encoder.py as weight files of the program.

usage: export.py MODEL_DIR TAGGER.pt [TAGGER.pt …] OUT_DIR

Writes OUT_DIR/roles-encoder-base.wkw (vocabulary, embeddings, the layers that training left alone) and
OUT_DIR/roles-encoder-N.wkw for each tagger (the other layers and the head). Matrices as signed bytes with one factor a row
(largest magnitude / 127). The layout of a weight file is told in crates/nn/src/weights.rs.
"""
import os, struct, sys
import numpy as np
import torch
import xxhash

FROZEN = 2


def container(entries):
    """entries: {name: bytes | np.float32 array}"""
    names = sorted(entries, key=lambda n: n.encode())
    index_size = sum(2 + len(n.encode()) + 2 + 8 * (0 if isinstance(entries[n], bytes) else entries[n].ndim) + 16 for n in names)
    align = lambda at: (at + 63) // 64 * 64
    index, data, offset = b'', b'', align(32 + index_size)
    chunks = []
    for name in names:
        value = entries[name]
        raw = value if isinstance(value, bytes) else value.astype('<f4').tobytes()
        dims = () if isinstance(value, bytes) else value.shape
        encoded = name.encode()
        index += struct.pack('<H', len(encoded)) + encoded + struct.pack('<BB', 0 if isinstance(value, bytes) else 1, len(dims))
        index += b''.join(struct.pack('<Q', d) for d in dims) + struct.pack('<QQ', offset, len(raw))
        chunks.append((offset, raw))
        offset = align(offset + len(raw))
    body = bytearray(index)
    for at, raw in chunks:
        body.extend(b'\0' * (at - 32 - len(body)))
        body.extend(raw)
    digest = (xxhash.xxh64_intdigest(bytes(body)) + len(names)) % 2**64
    return b'WKWEIGHT' + struct.pack('<IIQQ', 1, len(names), 32 + len(body), digest) + bytes(body)


def packed(entries, name, matrix):
    matrix = matrix.float().numpy()
    scale = np.abs(matrix).max(1) / 127
    scale[scale == 0] = 1
    entries[name + '.q'] = np.clip(np.rint(matrix / scale[:, None]), -127, 127).astype(np.int8).tobytes()
    entries[name + '.scale'] = scale.astype(np.float32)


def vector(entries, name, values):
    entries[name] = values.float().numpy().astype(np.float32)


def layer(entries, state, number):
    source = lambda part: state[f'bert.encoder.layer.{number}.{part}']
    name = f'layer.{number}.'
    parts = ['attention.self.query', 'attention.self.key', 'attention.self.value']
    packed(entries, name + 'projections.W', torch.cat([source(p + '.weight') for p in parts]))
    vector(entries, name + 'projections.b', torch.cat([source(p + '.bias') for p in parts]))
    for ours, theirs in [('joined', 'attention.output.dense'), ('up', 'intermediate.dense'), ('down', 'output.dense')]:
        packed(entries, f'{name}{ours}.W', source(theirs + '.weight'))
        vector(entries, f'{name}{ours}.b', source(theirs + '.bias'))
    for ours, theirs in [('attention_norm', 'attention.output.LayerNorm'), ('norm', 'output.LayerNorm')]:
        vector(entries, f'{name}{ours}.gain', source(theirs + '.weight'))
        vector(entries, f'{name}{ours}.bias', source(theirs + '.bias'))


def main():
    model, taggers, out = sys.argv[1], sys.argv[2:-1], sys.argv[-1]
    states = [torch.load(path) for path in taggers]
    layers = 1 + max(int(k.split('.')[3]) for k in states[0] if k.startswith('bert.encoder.layer.'))
    shared = [k for k in states[0] if k.startswith('bert.embeddings') or any(k.startswith(f'bert.encoder.layer.{n}.') for n in range(FROZEN))]
    for other in states[1:]:
        for key in shared:
            assert torch.equal(states[0][key], other[key]), key
    base = {'vocabulary': open(os.path.join(model, 'vocab.txt'), 'rb').read()}
    e = lambda part: states[0]['bert.embeddings.' + part]
    packed(base, 'embeddings.words', e('word_embeddings.weight'))
    packed(base, 'embeddings.positions', e('position_embeddings.weight'))
    vector(base, 'embeddings.kind', e('token_type_embeddings.weight')[0])
    vector(base, 'embeddings.norm.gain', e('LayerNorm.weight'))
    vector(base, 'embeddings.norm.bias', e('LayerNorm.bias'))
    for number in range(FROZEN):
        layer(base, states[0], number)
    files = {'roles-encoder-base.wkw': base}
    for at, state in enumerate(states, 1):
        own = {}
        for number in range(FROZEN, layers):
            layer(own, state, number)
        packed(own, 'head.W', state['head.weight'])
        vector(own, 'head.b', state['head.bias'])
        files[f'roles-encoder-{at}.wkw'] = own
    for name, entries in files.items():
        data = container(entries)
        open(os.path.join(out, name), 'wb').write(data)
        print(name, len(data))


if __name__ == '__main__':
    main()
