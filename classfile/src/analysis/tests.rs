use super::*;

/// Answers descriptors by index.
struct Pool;

impl Constants for Pool {
    fn field_descriptor(&self, _: u16) -> Option<&[u8]> {
        Some(b"J")
    }
    fn method_descriptor(&self, _: u16) -> Option<&[u8]> {
        Some(b"(ILjava/lang/Object;)Ljava/lang/Object;")
    }
    fn constant_type(&self, _: u16) -> Option<u8> {
        Some(b'L')
    }
}

fn shape<'a>(code: &'a [u8], handlers: &'a [ExceptionHandler], descriptor: &'a [u8]) -> MethodShape<'a> {
    MethodShape {
        code,
        handlers,
        max_locals: 8,
        max_stack: 8,
        is_static: true,
        descriptor,
        constants: &Pool,
    }
}

fn map(shape: &MethodShape<'_>, bci: usize, position: Position) -> (Vec<usize>, Vec<usize>, usize) {
    let mut out = ReferenceBitmap::new();
    reference_map(shape, bci, position, &mut out).unwrap();
    (out.references().collect(), out.ambiguous().collect(), out.stack_depth())
}

#[test]
fn calls_and_liveness() {
    // aload_0, iconst_1, aload_0, invokestatic, astore_0 (old local 0 dead), pop, return
    let code = [42, 4, 42, 184, 0, 1, 75, 87, 177];
    let shape = shape(&code, &[], b"(Ljava/lang/Object;)V");
    assert_eq!(map(&shape, 0, Position::Before), (vec![0], vec![], 0));
    // Stack: reference, int, reference; local 0 is not read any more.
    assert_eq!(map(&shape, 3, Position::Before), (vec![8, 10], vec![], 3));
    assert_eq!(map(&shape, 3, Position::InCall), (vec![8], vec![], 1));
    assert_eq!(map(&shape, 8, Position::Before), (vec![], vec![], 0));
}

#[test]
fn handlers_keep_locals_alive() {
    // 0: aconst_null 1: astore_1 2: nop 3: goto 8 6: pop(handler) 7: aload_1... 8: return
    let code = [1, 76, 0, 167, 0, 6, 87, 43, 176, 177];
    let handlers = [ExceptionHandler {
        start_pc: 2,
        end_pc: 3,
        handler_pc: 6,
        catch_type: 0,
    }];
    let shape = shape(&code, &handlers, b"()V");
    assert_eq!(map(&shape, 2, Position::Before).0, vec![1]);
    assert_eq!(map(&shape, 3, Position::Before).0, Vec::<usize>::new());
    assert_eq!(map(&shape, 6, Position::Before), (vec![1, 8], vec![], 1));
}

#[test]
fn subroutine_with_mixed_local() {
    // Local 0 is a reference on one path into the subroutine and an int on the other.
    let code = [
        1, 75, // aconst_null, astore_0
        168, 0, 11, // jsr 13
        42, 87, // aload_0, pop
        3, 59, // iconst_0, istore_0
        168, 0, 4,   // jsr 13
        177, // return
        76,  // 13: astore_1
        169, 1, // ret 1
    ];
    let shape = shape(&code, &[], b"()V");
    let (references, ambiguous, _) = map(&shape, 14, Position::Before);
    assert_eq!((references, ambiguous), (vec![], vec![0]));
}

#[test]
fn malformed_code_is_an_error() {
    for code in [
        &[][..],
        &[87, 177],
        &[167, 0, 9],
        &[21],
        &[177, 202],
        &[96, 167, 255, 255],
    ] {
        let mut out = ReferenceBitmap::new();
        for bci in 0..4 {
            let _ = reference_map(&shape(code, &[], b"()V"), bci, Position::Before, &mut out);
        }
        assert!(reference_map(&shape(code, &[], b"()V"), 0, Position::Before, &mut out).is_err());
    }
}
