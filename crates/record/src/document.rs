//! An article with the language layer's annotation: tokens, dependencies, sentences, entities.
//!
//! Labels are those of spaCy's English pipelines 3.7/3.8 (OntoNotes tags and entities, ClearNLP dependencies, UD coarse tags).

use std::ops::Range;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::article::{Article, BlockKind};
use crate::codebook::{UnknownCode, vocabulary};
use crate::span::Span;

vocabulary! {
    /// Fine part-of-speech tag (Penn Treebank as in OntoNotes 5).
    Tag {
        /// `$`.
        Dollar = "$",
        /// `''`.
        CloseQuote = "''",
        /// `,`.
        Comma = ",",
        /// `-LRB-`.
        OpenBracket = "-LRB-",
        /// `-RRB-`.
        CloseBracket = "-RRB-",
        /// `.`.
        Stop = ".",
        /// `:`.
        Colon = ":",
        /// `ADD`.
        Add = "ADD",
        /// `AFX`.
        Afx = "AFX",
        /// `CC`.
        Cc = "CC",
        /// `CD`.
        Cd = "CD",
        /// `DT`.
        Dt = "DT",
        /// `EX`.
        Ex = "EX",
        /// `FW`.
        Fw = "FW",
        /// `HYPH`.
        Hyph = "HYPH",
        /// `IN`.
        In = "IN",
        /// `JJ`.
        Jj = "JJ",
        /// `JJR`.
        Jjr = "JJR",
        /// `JJS`.
        Jjs = "JJS",
        /// `LS`.
        Ls = "LS",
        /// `MD`.
        Md = "MD",
        /// `NFP`.
        Nfp = "NFP",
        /// `NN`.
        Nn = "NN",
        /// `NNP`.
        Nnp = "NNP",
        /// `NNPS`.
        Nnps = "NNPS",
        /// `NNS`.
        Nns = "NNS",
        /// `PDT`.
        Pdt = "PDT",
        /// `POS`.
        Pos = "POS",
        /// `PRP`.
        Prp = "PRP",
        /// `PRP$`.
        PrpS = "PRP$",
        /// `RB`.
        Rb = "RB",
        /// `RBR`.
        Rbr = "RBR",
        /// `RBS`.
        Rbs = "RBS",
        /// `RP`.
        Rp = "RP",
        /// `SYM`.
        Sym = "SYM",
        /// `TO`.
        To = "TO",
        /// `UH`.
        Uh = "UH",
        /// `VB`.
        Vb = "VB",
        /// `VBD`.
        Vbd = "VBD",
        /// `VBG`.
        Vbg = "VBG",
        /// `VBN`.
        Vbn = "VBN",
        /// `VBP`.
        Vbp = "VBP",
        /// `VBZ`.
        Vbz = "VBZ",
        /// `WDT`.
        Wdt = "WDT",
        /// `WP`.
        Wp = "WP",
        /// `WP$`.
        WpS = "WP$",
        /// `WRB`.
        Wrb = "WRB",
        /// `XX`.
        Xx = "XX",
        /// `_SP`.
        Space = "_SP",
        /// Opening quotation mark.
        OpenQuote = "``",
    }
}

vocabulary! {
    /// Dependency label (ClearNLP as in spaCy).
    Dep {
        /// `ROOT`.
        Root = "ROOT",
        /// `acl`.
        Acl = "acl",
        /// `acomp`.
        Acomp = "acomp",
        /// `advcl`.
        Advcl = "advcl",
        /// `advmod`.
        Advmod = "advmod",
        /// `agent`.
        Agent = "agent",
        /// `amod`.
        Amod = "amod",
        /// `appos`.
        Appos = "appos",
        /// `attr`.
        Attr = "attr",
        /// `aux`.
        Aux = "aux",
        /// `auxpass`.
        Auxpass = "auxpass",
        /// `case`.
        Case = "case",
        /// `cc`.
        Cc = "cc",
        /// `ccomp`.
        Ccomp = "ccomp",
        /// `compound`.
        Compound = "compound",
        /// `conj`.
        Conj = "conj",
        /// `csubj`.
        Csubj = "csubj",
        /// `csubjpass`.
        Csubjpass = "csubjpass",
        /// `dative`.
        Dative = "dative",
        /// `dep`.
        Dep = "dep",
        /// `det`.
        Det = "det",
        /// `dobj`.
        Dobj = "dobj",
        /// `expl`.
        Expl = "expl",
        /// `intj`.
        Intj = "intj",
        /// `mark`.
        Mark = "mark",
        /// `meta`.
        Meta = "meta",
        /// `neg`.
        Neg = "neg",
        /// `nmod`.
        Nmod = "nmod",
        /// `npadvmod`.
        Npadvmod = "npadvmod",
        /// `nsubj`.
        Nsubj = "nsubj",
        /// `nsubjpass`.
        Nsubjpass = "nsubjpass",
        /// `nummod`.
        Nummod = "nummod",
        /// `oprd`.
        Oprd = "oprd",
        /// `parataxis`.
        Parataxis = "parataxis",
        /// `pcomp`.
        Pcomp = "pcomp",
        /// `pobj`.
        Pobj = "pobj",
        /// `poss`.
        Poss = "poss",
        /// `preconj`.
        Preconj = "preconj",
        /// `predet`.
        Predet = "predet",
        /// `prep`.
        Prep = "prep",
        /// `prt`.
        Prt = "prt",
        /// `punct`.
        Punct = "punct",
        /// `quantmod`.
        Quantmod = "quantmod",
        /// `relcl`.
        Relcl = "relcl",
        /// `xcomp`.
        Xcomp = "xcomp",
    }
}

vocabulary! {
    /// Coarse part-of-speech tag (Universal Dependencies 2).
    Pos {
        /// `ADJ`.
        Adj = "ADJ",
        /// `ADP`.
        Adp = "ADP",
        /// `ADV`.
        Adv = "ADV",
        /// `AUX`.
        Aux = "AUX",
        /// `CCONJ`.
        Cconj = "CCONJ",
        /// `DET`.
        Det = "DET",
        /// `INTJ`.
        Intj = "INTJ",
        /// `NOUN`.
        Noun = "NOUN",
        /// `NUM`.
        Num = "NUM",
        /// `PART`.
        Part = "PART",
        /// `PRON`.
        Pron = "PRON",
        /// `PROPN`.
        Propn = "PROPN",
        /// `PUNCT`.
        Punct = "PUNCT",
        /// `SCONJ`.
        Sconj = "SCONJ",
        /// `SYM`.
        Sym = "SYM",
        /// `VERB`.
        Verb = "VERB",
        /// `X`.
        X = "X",
        /// `SPACE`.
        Space = "SPACE",
        /// `none`.
        None = "",
    }
}

vocabulary! {
    /// Named entity label (OntoNotes 5).
    EntityLabel {
        /// `CARDINAL`.
        Cardinal = "CARDINAL",
        /// `DATE`.
        Date = "DATE",
        /// `EVENT`.
        Event = "EVENT",
        /// `FAC`.
        Fac = "FAC",
        /// `GPE`.
        Gpe = "GPE",
        /// `LANGUAGE`.
        Language = "LANGUAGE",
        /// `LAW`.
        Law = "LAW",
        /// `LOC`.
        Loc = "LOC",
        /// `MONEY`.
        Money = "MONEY",
        /// `NORP`.
        Norp = "NORP",
        /// `ORDINAL`.
        Ordinal = "ORDINAL",
        /// `ORG`.
        Org = "ORG",
        /// `PERCENT`.
        Percent = "PERCENT",
        /// `PERSON`.
        Person = "PERSON",
        /// `PRODUCT`.
        Product = "PRODUCT",
        /// `QUANTITY`.
        Quantity = "QUANTITY",
        /// `TIME`.
        Time = "TIME",
        /// `WORK_OF_ART`.
        WorkOfArt = "WORK_OF_ART",
    }
}

impl Pos {
    /// Reads a coarse tag; the empty string is [`Pos::None`].
    ///
    /// # Errors
    /// When it isn't one of the tags.
    pub fn parse(text: &str) -> Result<Self, UnknownCode> {
        text.parse()
    }
}

/// Index of a token in [`Document::tokens`].
pub type TokenIndex = u32;

/// One token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Where it stands in the article's text.
    pub span: Span,
    /// The word as the language layer read it: the article's own, but re-cased where a text is in capitals.
    pub text: CompactString,
    /// Base form, as spaCy gives it.
    pub lemma: CompactString,
    /// Morphological features, `Number=Sing|Person=3`, or empty.
    pub morph: CompactString,
    /// Fine tag.
    pub tag: Tag,
    /// Coarse tag.
    pub pos: Pos,
    /// Dependency label on `head`.
    pub dep: Dep,
    /// Governor; its own index for the root of a sentence. Always in the same sentence.
    pub head: TokenIndex,
    /// Whether white space follows.
    pub space_after: bool,
}

/// One sentence: never crosses a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Its tokens.
    pub tokens: Range<TokenIndex>,
    /// Index of its block in [`Article::blocks`].
    pub block: u32,
}

/// A named entity as the language layer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its tokens; within one sentence's block.
    pub tokens: Range<TokenIndex>,
    /// Its label.
    pub label: EntityLabel,
}

/// An annotated article. Immutable: made once by the language layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    article: Article,
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
    entities: Vec<Entity>,
    /// `children[child_start[i]..child_start[i + 1]]` are the dependents of token `i`, ascending.
    child_start: Vec<u32>,
    children: Vec<TokenIndex>,
    edges: Vec<(TokenIndex, TokenIndex)>,
    sentence_of: Vec<u32>,
}

impl Document {
    /// Puts the annotation of an article together.
    ///
    /// # Panics
    /// When heads leave their sentence, or sentences don't tile the tokens in order: bugs of the language layer.
    #[must_use]
    pub fn new(
        article: Article,
        tokens: Vec<Token>,
        sentences: Vec<Sentence>,
        entities: Vec<Entity>,
    ) -> Self {
        let count = tokens.len();
        let mut sentence_of = vec![0u32; count];
        let mut next = 0;
        for (number, sent) in sentences.iter().enumerate() {
            assert_eq!(sent.tokens.start, next, "sentences tile the tokens");
            next = sent.tokens.end;
            for index in sent.tokens.clone() {
                sentence_of[index as usize] = number as u32;
                assert!(sent.tokens.contains(&tokens[index as usize].head), "a head lies in its sentence");
            }
        }
        assert_eq!(next as usize, count, "sentences tile the tokens");
        let mut child_start = vec![0u32; count + 1];
        for (index, tok) in tokens.iter().enumerate() {
            if tok.head as usize != index {
                child_start[tok.head as usize + 1] += 1;
            }
        }
        for index in 0..count {
            child_start[index + 1] += child_start[index];
        }
        let mut fill = child_start.clone();
        let mut children = vec![0; child_start[count] as usize];
        for (index, tok) in tokens.iter().enumerate() {
            if tok.head as usize != index {
                children[fill[tok.head as usize] as usize] = index as TokenIndex;
                fill[tok.head as usize] += 1;
            }
        }
        let mut doc = Self {
            article,
            tokens,
            sentences,
            entities,
            child_start,
            children,
            edges: Vec::new(),
            sentence_of,
        };
        doc.edges = doc.subtree_edges();
        doc
    }

    /// The article.
    #[must_use]
    pub fn article(&self) -> &Article {
        &self.article
    }

    /// The article's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.article.text
    }

    /// Every token in order.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// One token.
    ///
    /// # Panics
    /// When the index is past the last token.
    #[must_use]
    pub fn token(&self, index: TokenIndex) -> &Token {
        &self.tokens[index as usize]
    }

    /// Every sentence in order; together they tile the tokens.
    #[must_use]
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// Whether a token stands in the headline.
    ///
    /// # Panics
    /// When the index is past the tokens.
    #[must_use]
    pub fn in_title(&self, index: TokenIndex) -> bool {
        let block = self.sentences()[self.sentence_of(index) as usize].block;
        self.article().blocks.get(block as usize).is_some_and(|block| block.kind == BlockKind::Title)
    }

    /// Number of the sentence that holds a token.
    #[must_use]
    pub fn sentence_of(&self, index: TokenIndex) -> u32 {
        self.sentence_of[index as usize]
    }

    /// Every named entity in order; they don't overlap.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// Dependents of a token, ascending.
    #[must_use]
    pub fn children(&self, index: TokenIndex) -> &[TokenIndex] {
        &self.children
            [self.child_start[index as usize] as usize..self.child_start[index as usize + 1] as usize]
    }

    /// First and one past the last token of a token's subtree (it may enclose strangers where the tree crosses).
    #[must_use]
    pub fn subtree(&self, index: TokenIndex) -> Range<TokenIndex> {
        let (left, right) = self.edges[index as usize];
        left..right + 1
    }

    /// The source span of a token range, from its first to its last byte. Masked text may lie between.
    ///
    /// # Panics
    /// When the range is empty or past the last token.
    #[must_use]
    pub fn span(&self, tokens: Range<TokenIndex>) -> Span {
        assert!(!tokens.is_empty(), "a token range with text");
        self.token(tokens.start).span.cover(self.token(tokens.end - 1).span)
    }

    fn subtree_edges(&self) -> Vec<(TokenIndex, TokenIndex)> {
        let mut edges: Vec<_> = (0..self.tokens.len() as TokenIndex).map(|index| (index, index)).collect();
        let mut order = Vec::with_capacity(self.tokens.len());
        for (index, tok) in self.tokens.iter().enumerate() {
            if tok.head as usize == index {
                order.push(index as TokenIndex);
            }
        }
        let mut at = 0;
        while at < order.len() {
            order.extend_from_slice(self.children(order[at]));
            at += 1;
        }
        assert_eq!(order.len(), self.tokens.len(), "heads form trees");
        for &index in order.iter().rev() {
            let head = self.token(index).head as usize;
            let (left, right) = edges[index as usize];
            edges[head].0 = edges[head].0.min(left);
            edges[head].1 = edges[head].1.max(right);
        }
        edges
    }
}
