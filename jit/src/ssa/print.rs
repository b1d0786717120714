//! SSA as text: what `--disassemble` shows and file tests compare.

use super::{Block, Function, Lock, Op, State, Target, Terminator, Value};
use std::fmt::{self, Display, Formatter};

struct List<'a, T>(&'a [T]);

impl<T: Display> Display for List<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            if index != 0 {
                write!(f, ", ")?;
            }
            write!(f, "{item}")?;
        }
        Ok(())
    }
}

impl Display for Lock {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.object, if self.elided { " elided" } else { "" })
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.block)?;
        if self.arguments.is_empty() {
            Ok(())
        } else {
            write!(f, "({})", List(&self.arguments))
        }
    }
}

impl Function {
    fn print_state(&self, f: &mut Formatter<'_>, state: State) -> fmt::Result {
        write!(f, "[")?;
        let mut next = Some(state);
        while let Some(state) = next {
            let frame = &self.states[state];
            write!(f, "@{}", frame.bci)?;
            let slots = |f: &mut Formatter<'_>, slots: &[Option<Value>]| -> fmt::Result {
                let last = slots.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
                for slot in &slots[..last] {
                    match slot {
                        Some(value) => write!(f, " {value}")?,
                        None => write!(f, " _")?,
                    }
                }
                Ok(())
            };
            slots(f, &frame.locals)?;
            if !frame.stack.is_empty() {
                write!(f, " |")?;
                slots(f, &frame.stack)?;
            }
            if !frame.locks.is_empty() {
                write!(f, " locks {}", List(&frame.locks))?;
            }
            next = frame.caller;
            if next.is_some() {
                write!(f, " in ")?;
            }
        }
        write!(f, "]")
    }

    fn print_node(&self, f: &mut Formatter<'_>, value: Value) -> fmt::Result {
        let node = &self.nodes[value];
        write!(f, "    ")?;
        if let Some(result) = node.result {
            write!(f, "{value}:{result:?} = ")?;
        }
        match &node.op {
            Op::Call(call) => write!(f, "Call {:?}", call.target)?,
            Op::VirtualObject(object) => {
                let offsets: Vec<u32> = object.fields.iter().map(|(offset, _)| *offset).collect();
                write!(f, "Virtual {:?} v{} at {offsets:?}", object.class, object.number)?;
            }
            op => write!(f, "{op:?}")?,
        }
        if !node.arguments.is_empty() {
            write!(f, " {}", List(&node.arguments))?;
        }
        if let Some(state) = node.state {
            write!(f, " ")?;
            self.print_state(f, state)?;
        }
        if let Some(after) = node.after {
            write!(f, " then ")?;
            self.print_state(f, after)?;
        }
        writeln!(f)
    }

    fn print_block(&self, f: &mut Formatter<'_>, block: Block) -> fmt::Result {
        let data = &self.blocks[block];
        write!(f, "{block}")?;
        if !data.parameters.is_empty() {
            write!(f, "(")?;
            for (index, parameter) in data.parameters.iter().enumerate() {
                let comma = if index == 0 { "" } else { ", " };
                write!(f, "{comma}{parameter}:{:?}", self.type_of(*parameter))?;
            }
            write!(f, ")")?;
        }
        writeln!(f, "{}:", if data.cold { " cold" } else { "" })?;
        for &node in &data.nodes {
            self.print_node(f, node)?;
        }
        write!(f, "    ")?;
        match &data.terminator {
            Terminator::Jump(target) => write!(f, "jump {target}")?,
            Terminator::Branch {
                condition,
                then,
                otherwise,
                probability,
            } => write!(f, "branch {condition} {then}, {otherwise} ({probability:.2})")?,
            Terminator::Switch { key, cases, default } => {
                write!(f, "switch {key}")?;
                for (case, target) in cases {
                    write!(f, " {case}: {target},")?;
                }
                write!(f, " default: {default}")?;
            }
            Terminator::Pending {
                call,
                normal,
                exceptional,
            } => write!(f, "pending {call} {normal}, exception: {exceptional}")?,
            Terminator::Return(Some(value)) => write!(f, "return {value}")?,
            Terminator::Return(None) => write!(f, "return")?,
            Terminator::ReturnPending => write!(f, "return with exception")?,
            Terminator::Exit { reason, resume, state } => {
                write!(f, "exit {reason:?} {resume:?} ")?;
                self.print_state(f, *state)?;
            }
            Terminator::None => write!(f, "(no terminator)")?,
        }
        writeln!(f)
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for block in self.reverse_postorder() {
            self.print_block(f, block)?;
        }
        Ok(())
    }
}
