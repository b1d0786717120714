//! Class files with one thing wrong each.

use crate::builder::{Builder, Code, words};

type Case = (&'static str, fn(&mut Builder));

/// The cases in groups: class level, constant pool, members, code, attributes.
pub fn all() -> impl Iterator<Item = &'static Case> {
    CLASS.iter().chain(POOL).chain(MEMBERS).chain(CODE).chain(ATTRIBUTES)
}

const CLASS: &[Case] = &[
    ("class-valid", |_| {}),
    ("class-magic", |b| b.magic = 1),
    ("class-version-old", |b| b.major = 44),
    ("class-version-new", |b| b.major = 75),
    ("class-version-minor", |b| b.minor = 3),
    ("class-version-preview", |b| b.minor = 65535),
    ("class-version-preview-old", |b| (b.major, b.minor) = (60, 65535)),
    ("class-pool-empty", |b| b.pool_count = Some(0)),
    ("class-extra-bytes", |b| b.tail.push(0)),
    ("class-flags-final-abstract", |b| b.access = 0x431),
    ("class-flags-interface", |b| b.access = 0x201),
    ("class-flags-interface-super", |b| b.access = 0x620),
    ("class-flags-annotation", |b| b.access = 0x2021),
    ("class-flags-module", |b| b.access = 0x8000),
    ("class-this-index", |b| b.this_class = 1),
    ("class-this-index-range", |b| b.this_class = 999),
    ("class-this-array", |b| b.this_class = b.class("[LT;")),
    ("class-wrong-name", |b| b.this_class = b.class("a/Other")),
    ("class-super-zero", |b| b.super_class = 0),
    ("class-super-utf8", |b| b.super_class = 1),
    ("class-super-array", |b| b.super_class = b.class("[I")),
    ("class-interface-super", |b| {
        b.access = 0x601;
        b.super_class = b.class("java/lang/Number");
    }),
    ("class-interfaces-bad-index", |b| b.interfaces = vec![1]),
    ("class-interfaces-array", |b| b.interfaces = vec![b.class("[I")]),
    ("class-interfaces-duplicate", |b| {
        b.interfaces = vec![b.class("java/lang/Runnable"), b.class("java/lang/Runnable")]
    }),
];

const POOL: &[Case] = &[
    ("pool-tag", |b| _ = b.constant(99, &[0; 4])),
    ("pool-tag-2", |b| _ = b.constant(2, &[0; 4])),
    ("pool-tag-module", |b| {
        let name = b.utf8("m");
        b.constant(19, &words(&[name]));
    }),
    ("pool-tag-dynamic-version", |b| {
        b.major = 54;
        b.constant(17, &words(&[0, 1]));
    }),
    ("pool-tag-handle-version", |b| {
        b.major = 50;
        b.constant(15, &[1, 0, 1]);
    }),
    ("pool-long-last", |b| {
        b.constant(5, &[0; 8]);
        b.pool_count = Some(6);
    }),
    ("pool-class-index", |b| _ = b.constant(7, &words(&[12]))),
    ("pool-string-index", |b| _ = b.constant(8, &words(&[2]))),
    ("pool-ref-class", |b| {
        let descriptor = b.name_and_type("x", "I");
        b.constant(9, &words(&[1, descriptor]));
    }),
    ("pool-ref-type", |b| _ = b.constant(9, &words(&[2, 1]))),
    ("pool-name-and-type", |b| _ = b.constant(12, &words(&[2, 1]))),
    ("pool-name-and-type-empty", |b| _ = b.name_and_type("", "I")),
    ("pool-name-and-type-name", |b| _ = b.name_and_type("a;b", "I")),
    ("pool-name-and-type-method-name", |b| {
        _ = b.name_and_type("<a>", "()V");
    }),
    ("pool-name-and-type-descriptor", |b| _ = b.name_and_type("a", "(X)V")),
    ("pool-name-and-type-field-descriptor", |b| {
        _ = b.name_and_type("a", "X");
    }),
    ("pool-name-and-type-init", |b| _ = b.name_and_type("<init>", "()I")),
    ("pool-name-and-type-clinit", |b| {
        _ = b.name_and_type("<clinit>", "(I)V");
    }),
    ("pool-descriptor-class-name", |b| _ = b.name_and_type("a", "La.b;")),
    ("pool-descriptor-dimensions", |b| {
        let descriptor = "[".repeat(256) + "I";
        b.name_and_type("a", &descriptor);
    }),
    ("pool-class-name", |b| _ = b.class("a//b")),
    ("pool-class-name-dot", |b| _ = b.class("a.b")),
    ("pool-class-name-empty", |b| _ = b.class("")),
    ("pool-class-name-array", |b| _ = b.class("[V")),
    ("pool-class-name-old", |b| {
        b.major = 48;
        b.class("a-b");
    }),
    ("pool-field-with-method-type", |b| _ = b.member(9, "T", "x", "()V")),
    ("pool-method-with-field-type", |b| _ = b.member(10, "T", "x", "I")),
    ("pool-method-clinit", |b| _ = b.member(10, "T", "<clinit>", "()V")),
    ("pool-utf8-zero", |b| _ = b.utf8_bytes(b"a\0b")),
    ("pool-utf8-f0", |b| _ = b.utf8_bytes(b"\xf0\x9f\x98\x80")),
    ("pool-utf8-overlong", |b| _ = b.utf8_bytes(b"\xc1\x81")),
    ("pool-utf8-surrogates", |b| {
        _ = b.utf8_bytes(b"\xed\xa0\xbd\xed\xb8\x80");
    }),
    ("pool-handle-kind", |b| {
        let field = b.member(9, "T", "x", "I");
        b.method_handle(10, field);
    }),
    ("pool-handle-range", |b| _ = b.method_handle(1, 999)),
    ("pool-handle-field", |b| {
        let method = b.member(10, "T", "x", "()V");
        b.method_handle(1, method);
    }),
    ("pool-handle-method", |b| {
        let field = b.member(9, "T", "x", "I");
        b.method_handle(5, field);
    }),
    ("pool-handle-interface", |b| {
        let method = b.member(10, "T", "x", "()V");
        b.method_handle(9, method);
    }),
    ("pool-handle-constructor", |b| {
        let method = b.member(10, "T", "x", "()V");
        b.method_handle(8, method);
    }),
    ("pool-handle-init", |b| {
        let method = b.member(10, "T", "<init>", "()V");
        b.method_handle(5, method);
    }),
    ("pool-method-type", |b| {
        let descriptor = b.utf8("I");
        b.constant(16, &words(&[descriptor]));
    }),
    ("pool-dynamic-type", |b| {
        let descriptor = b.name_and_type("x", "()V");
        b.constant(17, &words(&[0, descriptor]));
    }),
    ("pool-dynamic-missing-bootstrap", |b| {
        let descriptor = b.name_and_type("x", "()V");
        b.constant(18, &words(&[0, descriptor]));
    }),
];

const MEMBERS: &[Case] = &[
    ("field-name", |b| b.field(0, "a;b", "I", &[])),
    ("field-name-index", |b| b.fields.push(words(&[0, 2, 1, 0]))),
    ("field-signature-index", |b| b.fields.push(words(&[0, 1, 2, 0]))),
    ("field-descriptor", |b| b.field(0, "a", "V", &[])),
    ("field-descriptor-long", |b| b.field(0, "a", "II", &[])),
    ("field-flags", |b| b.field(0x3, "a", "I", &[])),
    ("field-flags-volatile", |b| b.field(0x50, "a", "I", &[])),
    ("field-flags-interface", |b| {
        b.access = 0x601;
        b.field(0x1, "a", "I", &[]);
    }),
    ("field-duplicate", |b| {
        b.field(0, "x", "Ljava/lang/String;", &[]);
        b.field(0, "x", "Ljava/lang/String;", &[]);
    }),
    ("field-constant-index", |b| {
        let value = b.attribute("ConstantValue", &words(&[999]));
        b.field(0x8, "a", "I", &[value]);
    }),
    ("field-constant-type", |b| {
        let constant = b.constant(4, &[0; 4]);
        let value = b.attribute("ConstantValue", &words(&[constant]));
        b.field(0x8, "a", "I", &[value]);
    }),
    ("field-constant-string", |b| {
        let constant = b.constant(4, &[0; 4]);
        let value = b.attribute("ConstantValue", &words(&[constant]));
        b.field(0x8, "a", "Ljava/lang/Object;", &[value]);
    }),
    ("field-constant-array", |b| {
        let constant = b.constant(4, &[0; 4]);
        let value = b.attribute("ConstantValue", &words(&[constant]));
        b.field(0x8, "a", "[I", &[value]);
    }),
    ("field-constant-length", |b| {
        let value = b.attribute("ConstantValue", &[0, 1, 2]);
        b.field(0x8, "a", "I", &[value]);
    }),
    ("field-constant-twice", |b| {
        let constant = b.constant(3, &[0; 4]);
        let value = b.attribute("ConstantValue", &words(&[constant]));
        b.field(0x8, "a", "I", &[value.clone(), value]);
    }),
    ("field-synthetic", |b| {
        let synthetic = b.attribute("Synthetic", &[0]);
        b.field(0, "a", "I", &[synthetic]);
    }),
    ("field-attribute-name", |b| {
        let field = b.fields.len();
        b.field(0, "a", "I", &[]);
        b.fields[field].truncate(6);
        b.fields[field].extend(words(&[1, 2, 0, 0]));
    }),
    ("method-name", |b| b.method(0x101, "a/b", "()V", &[])),
    ("method-name-special", |b| b.method(0x101, "<a>", "()V", &[])),
    ("method-name-index", |b| b.methods.push(words(&[0, 2, 1, 0]))),
    ("method-signature-index", |b| b.methods.push(words(&[0, 1, 2, 0]))),
    ("method-descriptor", |b| b.method(0x101, "a", "I", &[])),
    ("method-flags", |b| b.method(0x103, "a", "()V", &[])),
    ("method-flags-abstract-final", |b| {
        b.access = 0x421;
        b.method(0x411, "a", "()V", &[]);
    }),
    ("method-flags-init", |b| b.method(0x9, "<init>", "()V", &[])),
    ("method-flags-interface", |b| {
        b.access = 0x601;
        b.method(0x400, "a", "()V", &[]);
    }),
    ("method-flags-clinit", |b| {
        let code = b.code(Code::default());
        b.method(0x1, "<clinit>", "()V", &[code]);
    }),
    ("method-init-interface", |b| {
        b.access = 0x601;
        let code = b.code(Code::default());
        b.method(0x1, "<init>", "()V", &[code]);
    }),
    ("method-arguments", |b| {
        b.method(0x101, "a", &format!("({})V", "I".repeat(255)), &[])
    }),
    ("method-arguments-static", |b| {
        b.method(0x109, "a", &format!("({})V", "I".repeat(255)), &[])
    }),
    ("method-no-code", |b| b.method(0x1, "a", "()V", &[])),
    ("method-duplicate", |b| {
        b.method(0x101, "a", "(Ljava/lang/String;)V", &[]);
        b.method(0x101, "a", "(Ljava/lang/String;)V", &[]);
    }),
    ("method-exceptions", |b| {
        let exceptions = b.attribute("Exceptions", &words(&[1, 1]));
        b.method(0x101, "a", "()V", &[exceptions]);
    }),
    ("method-exceptions-length", |b| {
        let exceptions = b.attribute("Exceptions", &words(&[0, 1]));
        b.method(0x101, "a", "()V", &[exceptions]);
    }),
    ("method-exceptions-twice", |b| {
        let exceptions = b.attribute("Exceptions", &words(&[0]));
        b.method(0x101, "a", "()V", &[exceptions.clone(), exceptions]);
    }),
    ("method-parameters", |b| {
        let parameters = b.attribute("MethodParameters", &[1, 0, 0]);
        b.method(0x101, "a", "()V", &[parameters]);
    }),
    ("method-signature-twice", |b| {
        let signature = b.attribute("Signature", &words(&[1]));
        b.method(0x101, "a", "()V", &[signature.clone(), signature]);
    }),
    ("method-signature-bad", |b| {
        let signature = b.attribute("Signature", &words(&[2]));
        b.method(0x101, "a", "()V", &[signature]);
    }),
    ("method-annotations-twice", |b| {
        let annotations = b.attribute("RuntimeVisibleAnnotations", &words(&[0]));
        b.method(0x101, "a", "()V", &[annotations.clone(), annotations]);
    }),
];

const CODE: &[Case] = &[
    ("code-native", |b| {
        let code = b.code(Code::default());
        b.method(0x101, "a", "()V", &[code]);
    }),
    ("code-twice", |b| {
        let code = b.code(Code::default());
        b.method(0x1, "a", "()V", &[code.clone(), code]);
    }),
    ("code-empty", |b| {
        b.method_with(Code {
            bytes: vec![],
            ..Code::default()
        })
    }),
    ("code-long", |b| {
        b.method_with(Code {
            bytes: vec![0; 65536],
            ..Code::default()
        })
    }),
    ("code-length-beyond", |b| {
        b.method_with(Code {
            code_length: Some(60000),
            ..Code::default()
        })
    }),
    ("code-locals", |b| {
        let code = b.code(Code {
            max_locals: 2,
            ..Code::default()
        });
        b.method(0x1, "a", "(J)V", &[code]);
    }),
    ("code-handler-range", |b| {
        b.method_with(Code {
            handlers: vec![[0, 0, 0, 0]],
            ..Code::default()
        })
    }),
    ("code-handler-end", |b| {
        b.method_with(Code {
            handlers: vec![[0, 2, 0, 0]],
            ..Code::default()
        })
    }),
    ("code-handler-target", |b| {
        b.method_with(Code {
            handlers: vec![[0, 1, 1, 0]],
            ..Code::default()
        })
    }),
    ("code-handler-type", |b| {
        b.method_with(Code {
            handlers: vec![[0, 1, 0, 1]],
            ..Code::default()
        })
    }),
    ("code-attribute-length", |b| {
        let mut code = b.code(Code::default());
        code[5] += 1;
        code.push(0);
        b.method(0x1, "a", "()V", &[code]);
    }),
    ("code-attribute-name", |b| {
        b.method_with(Code {
            attributes: vec![vec![0, 2, 0, 0, 0, 0]],
            ..Code::default()
        });
    }),
    ("code-lines", |b| {
        let lines = b.attribute("LineNumberTable", &words(&[1, 1, 1]));
        b.method_with(Code {
            attributes: vec![lines],
            ..Code::default()
        });
    }),
    ("code-lines-length", |b| {
        let lines = b.attribute("LineNumberTable", &words(&[1, 0, 1, 1]));
        b.method_with(Code {
            attributes: vec![lines],
            ..Code::default()
        });
    }),
    ("code-locals-start", |b| local_variable(b, [1, 0, 1, 0, 0], "I")),
    ("code-locals-length", |b| local_variable(b, [0, 2, 1, 0, 0], "I")),
    ("code-locals-name", |b| local_variable(b, [0, 1, 2, 0, 0], "I")),
    ("code-locals-descriptor", |b| local_variable(b, [0, 1, 1, 0, 0], "X")),
    ("code-locals-slot", |b| local_variable(b, [0, 1, 1, 0, 2], "I")),
    ("code-locals-slot-long", |b| local_variable(b, [0, 1, 1, 0, 1], "J")),
    ("code-locals-twice", |b| {
        let descriptor = b.utf8("I");
        let row = [0, 1, 1, descriptor, 0];
        let table = b.attribute("LocalVariableTable", &[words(&[2]), words(&row), words(&row)].concat());
        b.method_with(Code {
            attributes: vec![table],
            ..Code::default()
        });
    }),
    ("code-local-types-alone", |b| {
        let descriptor = b.utf8("I");
        let name = b.utf8("v");
        let table = b.attribute("LocalVariableTable", &words(&[1, 0, 1, 1, descriptor, 0]));
        let types = b.attribute("LocalVariableTypeTable", &words(&[1, 0, 1, name, descriptor, 0]));
        b.method_with(Code {
            attributes: vec![table, types],
            ..Code::default()
        });
    }),
    ("code-stack-map-twice", |b| {
        let map = b.attribute("StackMapTable", &words(&[0]));
        b.method_with(Code {
            attributes: vec![map.clone(), map],
            ..Code::default()
        });
    }),
];

/// A static method with one LocalVariableTable row; the descriptor index is filled in.
fn local_variable(b: &mut Builder, mut row: [u16; 5], descriptor: &str) {
    row[3] = b.utf8(descriptor);
    let table = b.attribute("LocalVariableTable", &[words(&[1]), words(&row)].concat());
    b.method_with(Code {
        attributes: vec![table],
        ..Code::default()
    });
}

const ATTRIBUTES: &[Case] = &[
    ("attribute-name", |b| b.attributes.push(vec![0, 2, 0, 0, 0, 0])),
    ("attribute-truncated", |b| b.attributes.push(vec![0, 1, 0, 0, 0, 9])),
    ("attribute-source-file", |b| {
        b.class_attribute("SourceFile", &words(&[2]))
    }),
    ("attribute-source-file-length", |b| {
        b.class_attribute("SourceFile", &[0])
    }),
    ("attribute-source-file-twice", |b| {
        b.class_attribute("SourceFile", &words(&[1]));
        b.class_attribute("SourceFile", &words(&[1]));
    }),
    ("attribute-signature-length", |b| b.class_attribute("Signature", &[0])),
    ("attribute-signature-index", |b| {
        b.class_attribute("Signature", &words(&[2]))
    }),
    ("attribute-synthetic", |b| b.class_attribute("Synthetic", &[0])),
    ("attribute-deprecated", |b| b.class_attribute("Deprecated", &[0])),
    ("attribute-annotations-twice", |b| {
        b.class_attribute("RuntimeVisibleAnnotations", &words(&[0]));
        b.class_attribute("RuntimeVisibleAnnotations", &words(&[0]));
    }),
    ("attribute-enclosing-length", |b| {
        b.class_attribute("EnclosingMethod", &[0])
    }),
    ("attribute-enclosing-zero", |b| {
        b.class_attribute("EnclosingMethod", &words(&[0, 0]))
    }),
    ("attribute-enclosing-class", |b| {
        b.class_attribute("EnclosingMethod", &words(&[1, 0]))
    }),
    ("attribute-enclosing-method", |b| {
        b.class_attribute("EnclosingMethod", &words(&[2, 1]))
    }),
    ("attribute-inner-class", |b| {
        b.class_attribute("InnerClasses", &words(&[1, 1, 0, 0, 0]))
    }),
    ("attribute-inner-outer", |b| {
        b.class_attribute("InnerClasses", &words(&[1, 2, 1, 0, 0]))
    }),
    ("attribute-inner-name", |b| {
        b.class_attribute("InnerClasses", &words(&[1, 2, 0, 2, 0]))
    }),
    ("attribute-inner-both", |b| {
        b.class_attribute("InnerClasses", &words(&[1, 2, 2, 0, 0]))
    }),
    ("attribute-inner-flags", |b| {
        b.class_attribute("InnerClasses", &words(&[1, 2, 0, 0, 0x410]))
    }),
    ("attribute-inner-twice", |b| {
        b.class_attribute("InnerClasses", &words(&[2, 2, 0, 0, 0, 2, 0, 0, 0]));
    }),
    ("attribute-inner-same-class", |b| {
        b.class_attribute("InnerClasses", &words(&[2, 2, 0, 0, 0, 2, 0, 0, 1]));
    }),
    ("attribute-inner-circular", |b| {
        b.class_attribute("InnerClasses", &words(&[2, 2, 4, 0, 0, 4, 2, 0, 0]));
    }),
    ("attribute-inner-length", |b| {
        b.class_attribute("InnerClasses", &words(&[0, 0]))
    }),
    ("attribute-nest-host", |b| b.class_attribute("NestHost", &words(&[1]))),
    ("attribute-nest-host-length", |b| {
        b.class_attribute("NestHost", &words(&[2, 2]))
    }),
    ("attribute-nest-conflict", |b| {
        b.class_attribute("NestHost", &words(&[2]));
        b.class_attribute("NestMembers", &words(&[0]));
    }),
    ("attribute-nest-conflict-2", |b| {
        b.class_attribute("NestMembers", &words(&[0]));
        b.class_attribute("NestHost", &words(&[2]));
    }),
    ("attribute-nest-members", |b| {
        b.class_attribute("NestMembers", &words(&[1, 1]))
    }),
    ("attribute-nest-members-length", |b| {
        b.class_attribute("NestMembers", &words(&[0, 1]))
    }),
    ("attribute-permitted", |b| {
        b.class_attribute("PermittedSubclasses", &words(&[1, 1]))
    }),
    ("attribute-permitted-final", |b| {
        b.access = 0x31;
        b.class_attribute("PermittedSubclasses", &words(&[0]));
    }),
    ("attribute-record-name", |b| {
        b.class_attribute("Record", &words(&[1, 2, 1, 0]))
    }),
    ("attribute-record-descriptor", |b| {
        let name = b.utf8("x");
        b.class_attribute("Record", &words(&[1, name, name, 0]));
    }),
    ("attribute-record-length", |b| {
        b.class_attribute("Record", &words(&[0, 1]))
    }),
    ("attribute-bootstrap-short", |b| {
        let descriptor = b.name_and_type("x", "()V");
        b.constant(18, &words(&[1, descriptor]));
        b.class_attribute("BootstrapMethods", &words(&[0]));
    }),
    ("attribute-bootstrap-method", |b| {
        b.class_attribute("BootstrapMethods", &words(&[1, 2, 0]))
    }),
    ("attribute-bootstrap-argument", |b| {
        let method = b.member(10, "T", "x", "()V");
        let handle = b.method_handle(6, method);
        b.class_attribute("BootstrapMethods", &words(&[1, handle, 1, 1]));
    }),
    ("attribute-bootstrap-count", |b| {
        let method = b.member(10, "T", "x", "()V");
        let handle = b.method_handle(6, method);
        b.class_attribute("BootstrapMethods", &words(&[1, handle, 9, 1]));
    }),
    ("attribute-bootstrap-length", |b| {
        let method = b.member(10, "T", "x", "()V");
        let handle = b.method_handle(6, method);
        b.class_attribute("BootstrapMethods", &words(&[1, handle, 0, 1]));
    }),
];
