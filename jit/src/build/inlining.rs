//! Inlining while building: which methods, and how their activations are woven in.

use super::Builder;
use super::calls::Call;
use super::scope::{CallerLink, Scope};
use crate::code::Refusal;
use crate::query::{MethodId, MethodInfo};
use crate::ssa::Type;

/// Hot callees up to this size are inlined.
const HOT_BYTES: u32 = 120;
/// Invocations that make a callee hot.
const HOT_INVOCATIONS: u32 = 500;
/// Bytes of bytecode inlined into one method at most.
const MOST_INLINED_BYTES: u32 = 1500;
/// `@ForceInline` methods up to this size are.
const FORCED_BYTES: u32 = 600;
/// Activations of one method in a chain at most.
const MOST_RECURSION: usize = 1;
/// As before, for `@ForceInline` methods: forms of method handles share them.
const MOST_FORCED_RECURSION: usize = 4;

impl Builder<'_> {
    pub(super) fn should_inline(&mut self, scope: &Scope, method: MethodId, info: &MethodInfo) -> bool {
        if self.options.inline_depth == 0
            || !info.has_code
            || info.is_native
            || info.never_inline
            || info.code_length > FORCED_BYTES
        {
            return false;
        }
        let chain = scope.chain();
        let recursion = chain.iter().filter(|&&other| other == method).count();
        let (recursions, depth) = if info.force_inline {
            (MOST_FORCED_RECURSION, self.options.inline_depth * 2)
        } else {
            (MOST_RECURSION, self.options.inline_depth)
        };
        if recursion > recursions || scope.depth() >= depth {
            return false;
        }
        let spent = self.inlined_bytes + info.code_length;
        let wanted = info.force_inline
            || info.code_length <= 6
            || (info.code_length <= self.options.inline_bytes && spent <= MOST_INLINED_BYTES)
            || (info.code_length <= HOT_BYTES
                && spent <= MOST_INLINED_BYTES
                && self.runtime.counters(method).0 >= HOT_INVOCATIONS);
        wanted
            && spent <= 3 * MOST_INLINED_BYTES
            && self.function.nodes.len() < self.options.most_instructions / 2
            && self.runtime.prepare(method)
    }

    /// Builds the callee in place of a call.
    pub(super) fn inline(
        &mut self,
        scope: &mut Scope,
        method: MethodId,
        info: MethodInfo,
        call: Call,
    ) -> Result<(), Refusal> {
        let stack = scope.frame.stack.clone();
        let state = self.raw_state(scope, scope.bci, &stack);
        let position = self.position;
        let result = Type::from_descriptor(call.signature.result_character);
        let (normal, exceptional) = (self.function.new_block(), self.function.new_block());
        self.function.blocks[exceptional].cold = true;
        let value = result.map(|result| self.function.add_parameter(normal, result, position));
        let length = info.code_length;
        let link = CallerLink {
            state,
            position,
            chain: scope.chain(),
            normal,
            exceptional,
        };
        let mut callee = match Scope::new(self.runtime, method, info, Some(link)) {
            Ok(callee) => callee,
            // What cannot be inlined is called.
            Err(_) => {
                self.facts.methods.insert(method);
                return self.call_out(scope, method, call);
            }
        };
        self.inlined_bytes += length;
        self.facts.inlined.insert(method);
        self.enter_method(&mut callee, &call.arguments)?;
        self.run(&mut callee)?;
        self.position = position;
        if callee.threw {
            self.block = Some(exceptional);
            self.exception_pending(scope)?;
        }
        self.block = callee.returned.then_some(normal);
        if let (Some(value), Some(_)) = (value, self.block) {
            // A known object stays one.
            let agreed = callee.result.flatten();
            let known = agreed.filter(|value| self.known_object(*value).is_some());
            self.push(scope, known.unwrap_or(value));
        }
        Ok(())
    }
}
