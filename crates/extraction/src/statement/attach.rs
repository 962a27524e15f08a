//! Which statement carries which event, relation and control record.

use watchkeeper_record::codebook::StatementKind;
use watchkeeper_record::document::{Document, TokenIndex};
use watchkeeper_record::mention::{Speaker, StatementIndex};
use watchkeeper_record::{Mentions, Span};

/// Gives each event, relation and control record the innermost statement whose content holds it.
pub(crate) fn attach(doc: &Document, mentions: &mut Mentions) {
    // Innermost first: the shortest content that holds a token wins.
    let mut order: Vec<usize> = (0..mentions.statements.len()).collect();
    order.sort_by_key(|&index| {
        let tokens = &mentions.statements[index].content_tokens;
        (std::cmp::Reverse(tokens.end - tokens.start), std::cmp::Reverse(index))
    });
    let mut holder: Vec<Option<StatementIndex>> = vec![None; doc.tokens().len()];
    for index in order {
        let statement = &mentions.statements[index];
        // "condemned the attack", "claimed the attack": that it happened is taken for granted, not asserted.
        let granted = matches!(
            statement.kind,
            StatementKind::Condemnation | StatementKind::ResponsibilityClaim | StatementKind::Denial
        ) && !super::is_verb(doc, super::root_of(doc, &statement.content_tokens));
        // The writer's own judgement is the outlet's own voice.
        let carrier = match statement.speaker {
            Speaker::Author => None,
            _ if granted => None,
            _ => StatementIndex::try_from(index).ok(),
        };
        for token in statement.content_tokens.clone() {
            holder[token as usize] = carrier.or(holder[token as usize]);
        }
    }
    for event in &mut mentions.events {
        event.asserted_by = holder[event.trigger.start as usize];
    }
    let at = |span: Span, fallback: TokenIndex| {
        let index = doc.tokens().partition_point(|tok| tok.span.end() <= span.start());
        holder.get(index).copied().flatten().or(holder[fallback as usize])
    };
    for relation in &mut mentions.relations {
        let head = mentions.phrases[relation.to as usize].head;
        relation.asserted_by = relation.evidence.first().and_then(|&span| at(span, head));
    }
    for control in &mut mentions.control {
        let head = mentions.places[control.place as usize].tokens.start;
        control.asserted_by = control.evidence.first().and_then(|&span| at(span, head));
    }
}
