//! The InnerClasses attribute, and when HotSpot ignores it.

use super::parser::{Parser, version};
use super::stream::{Result, Stream};
use crate::model::{InnerClass, Row, Table};
use std::collections::HashMap;

impl<'a> Parser<'a, '_> {
    /// Parses the attribute's content. `None` when a class appears twice or is nested in itself: then HotSpot goes on
    /// as if the attribute were empty.
    pub(super) fn parse_inner_classes(&self, content: &'a [u8]) -> Result<Table<'a, InnerClass>> {
        let mut stream = Stream::new(content);
        let count = stream.u2()?;
        let rows: Table<'a, InnerClass> = Table::new(stream.take(usize::from(count) * InnerClass::SIZE)?);
        for row in rows.iter() {
            self.check_inner_class(row)?;
        }
        let keep = !self.options.verify || !self.has_inner_class_conflict(&rows)?;
        if self.options.verify && self.major >= version::JAVA_5 && !stream.at_end() {
            return Err(self.error("Wrong InnerClasses attribute length"));
        }
        Ok(if keep { rows } else { Table::default() })
    }

    fn check_inner_class(&self, row: InnerClass) -> Result<()> {
        let InnerClass {
            inner_class,
            outer_class,
            inner_name,
            access_flags,
        } = row;
        if !self.is_class(inner_class) {
            return Err(self.error(format_args!(
                "inner_class_info_index {inner_class} has bad constant type"
            )));
        }
        if outer_class != 0 {
            match self.pool.class_name(outer_class) {
                None => {
                    return Err(self.error(format_args!(
                        "outer_class_info_index {outer_class} has bad constant type"
                    )));
                }
                Some(name) if name.starts_with(b"[") => return Err(self.error("Outer class is an array class")),
                Some(_) => {}
            }
        }
        if inner_name != 0 && self.pool.utf8(inner_name).is_none() {
            return Err(self.error(format_args!("inner_name_index {inner_name} has bad constant type")));
        }
        if inner_class == outer_class && self.options.verify {
            return Err(self.error("Class is both outer and inner class"));
        }
        self.check_class_flags(self.inner_class_flags(access_flags.bits()))
    }

    /// Whether a class is nested in itself or described twice; an exact duplicate is an error.
    fn has_inner_class_conflict(&self, rows: &Table<'a, InnerClass>) -> Result<bool> {
        let circular = self.nested_in_themselves(rows);
        // For each row the next one about the same class.
        let mut next = vec![None; rows.len()];
        let mut later = HashMap::new();
        for (position, row) in rows.iter().enumerate().rev() {
            next[position] = later.insert(row.inner_class, row);
        }
        for (position, row) in rows.iter().enumerate() {
            if circular[position] {
                return Ok(true);
            }
            if let Some(other) = next[position] {
                if other == row && self.major >= version::JAVA_5 {
                    return Err(self.error("Duplicate entry in InnerClasses attribute"));
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// For each row, whether following outer classes from it runs into a cycle. Linear: each row is walked once.
    fn nested_in_themselves(&self, rows: &Table<'a, InnerClass>) -> Vec<bool> {
        let mut first_row = HashMap::with_capacity(rows.len());
        for (position, row) in rows.iter().enumerate() {
            first_row
                .entry(self.pool.class_name(row.inner_class))
                .or_insert(position);
        }
        let outer_row = |position: usize| {
            let outer = rows.get(position)?.outer_class;
            first_row.get(&Some(self.pool.class_name(outer)?)).copied()
        };
        let mut verdict: Vec<Option<bool>> = vec![None; rows.len()];
        let mut on_path = vec![usize::MAX; rows.len()];
        let mut path = Vec::new();
        for start in 0..rows.len() {
            path.clear();
            let mut at = Some(start);
            let circular = loop {
                match at {
                    None => break false,
                    Some(position) if on_path[position] == start => break true,
                    Some(position) => match verdict[position] {
                        Some(known) => break known,
                        None => {
                            on_path[position] = start;
                            path.push(position);
                            at = outer_row(position);
                        }
                    },
                }
            };
            for &position in &path {
                verdict[position] = Some(circular);
            }
        }
        verdict.into_iter().map(|known| known == Some(true)).collect()
    }
}
