//! Debris: what scraping left in a text that isn't the article. It is masked by ranges, never deleted.
//!
//! In: the raw blocks and the metadata. Out: masks, each with its kind and the rule that decided it. Whole lines are
//! looked at in `lines` (notices, plugs, captions, lists of other stories, notes on the author), things glued into
//! running text in `inline` (related-stories widgets, plugs behind the last sentence).
//!
//! Every rule errs on the side of not masking. Rules look at bounded stretches only, so that the whole is linear.

mod author;
mod inline;
mod picture;
mod whole;
mod widget;

use watchkeeper_record::Span;
use watchkeeper_record::article::Mask;
use watchkeeper_record::codebook::MaskKind;

use crate::lexicon::Label;
use crate::lines::Raw;
use crate::metadata::Metadata;

/// Masks while they are being found; an earlier one wins where two overlap.
#[derive(Debug, Default)]
pub(crate) struct Masks {
    found: Vec<Mask>,
}

impl Masks {
    /// Masks a range.
    pub(crate) fn add(&mut self, span: Span, kind: MaskKind, why: &str) {
        if !span.is_empty() {
            self.found.push(Mask { span, kind, why: why.to_owned() });
        }
    }

    fn label(&mut self, span: Span, label: &Label) {
        self.add(span, label.kind, &label.name);
    }

    /// Whether one mask covers the whole range. Linear in the number of masks.
    pub(crate) fn covers(&self, span: Span) -> bool {
        self.found.iter().any(|mask| mask.span.contains(span))
    }

    /// Sorts, cuts overlaps, drops what lies in the dateline, and joins neighbours of one kind and rule that only white space parts.
    pub(crate) fn finish(self, text: &str, dateline: Option<Span>) -> Vec<Mask> {
        let inside = |mask: &Mask| dateline.is_some_and(|dateline| dateline.contains(mask.span));
        let mut found: Vec<(usize, Mask)> =
            self.found.into_iter().filter(|mask| !inside(mask)).enumerate().collect();
        found.sort_by_key(|(order, mask)| (mask.span.start(), *order));
        let mut masks: Vec<Mask> = Vec::new();
        for (_, mut mask) in found {
            if let Some(last) = masks.last_mut() {
                if mask.span.end() <= last.span.end() {
                    continue;
                }
                if mask.span.start() < last.span.end() {
                    mask.span = Span::from_range(last.span.end()..mask.span.end());
                }
                let between = &text[last.span.end()..mask.span.start()];
                if mask.kind == last.kind && mask.why == last.why && between.chars().all(char::is_whitespace)
                {
                    last.span = last.span.cover(mask.span);
                    continue;
                }
            }
            let part = mask.span.of(text);
            let trimmed = part.trim_start();
            let start = mask.span.end() - trimmed.len();
            if !trimmed.is_empty() {
                mask.span = Span::from_range(start..start + trimmed.trim_end().len());
                masks.push(mask);
            }
        }
        masks
    }
}

/// The blocks of a text with what is known of each while debris is looked for.
struct Page<'a> {
    text: &'a str,
    raws: &'a [Raw],
    /// Blocks that are masked as a whole.
    done: Vec<bool>,
    /// Blocks that match a whole-line rule; `READ MORE` may stand above a list.
    pointer: Vec<bool>,
    title_block: Option<usize>,
}

impl<'a> Page<'a> {
    fn line(&self, i: usize) -> &'a str {
        self.raws[i].span.of(self.text)
    }

    fn mask(&mut self, i: usize, kind: MaskKind, why: &str, masks: &mut Masks) {
        masks.add(self.raws[i].span, kind, why);
        self.done[i] = true;
    }
}

/// Finds the debris of a text.
pub(crate) fn find(text: &str, raws: &[Raw], found: &Metadata, masks: &mut Masks) {
    let mut page = Page {
        text,
        raws,
        done: vec![false; raws.len()],
        pointer: vec![false; raws.len()],
        title_block: found.title_block,
    };
    for mask in &masks.found {
        let i = raws.partition_point(|raw| raw.span.start() < mask.span.start());
        if raws.get(i).is_some_and(|raw| mask.span.contains(raw.span)) {
            page.done[i] = true;
        }
    }
    whole::repeated_headlines(&mut page, found.title.as_deref(), masks);
    whole::lines(&mut page, masks);
    whole::lists(&mut page, masks);
    picture::captions(&mut page, masks);
    author::notes(&mut page, &found.byline, masks);
    for (i, raw) in raws.iter().enumerate() {
        if !page.done[i] {
            widget::related(text, raw.span, masks);
            inline::find(text, raw.span, masks);
        }
    }
}
