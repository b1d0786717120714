import java.io.*;
import java.util.*;

/**
 * writeObject/readObject, writeReplace/readResolve, Externalizable, serialPersistentFields, computed UIDs, filters,
 * validation.
 */
public class SerialHooks {
    static class Custom implements Serializable {
        transient int x;
        String s;
        Custom(int x, String s) {
            this.x = x;
            this.s = s;
        }
        private void writeObject(ObjectOutputStream o) throws IOException {
            o.defaultWriteObject();
            o.writeInt(x * 2);
        }
        private void readObject(ObjectInputStream i) throws IOException, ClassNotFoundException {
            i.defaultReadObject();
            x = i.readInt() / 2;
            i.registerValidation(() -> {
                if (x == 13) throw new InvalidObjectException("unlucky");
            }, 0);
        }
    }
    static class Ext implements Externalizable {
        int a;
        String b;
        public Ext() { System.out.print("Ext() "); }
        Ext(int a, String b) {
            this.a = a;
            this.b = b;
        }
        public void writeExternal(ObjectOutput o) throws IOException {
            o.writeInt(a);
            o.writeObject(b);
        }
        public void readExternal(ObjectInput i) throws IOException, ClassNotFoundException {
            a = i.readInt();
            b = (String) i.readObject();
        }
    }
    static class Single implements Serializable {
        static final Single ONE = new Single();
        private Object readResolve() { return ONE; }
    }
    static class Replaced implements Serializable {
        final int v;
        Replaced(int v) { this.v = v; }
        private Object writeReplace() { return new Proxy(v); }
    }
    static class Proxy implements Serializable {
        final int v;
        Proxy(int v) { this.v = v; }
        Object readResolve() { return new Replaced(v + 1); }
    }
    static class Persist implements Serializable {
        private static final ObjectStreamField[] serialPersistentFields = {new ObjectStreamField("renamed", int.class)};
        transient int inner = 4;
        private void writeObject(ObjectOutputStream o) throws IOException {
            o.putFields().put("renamed", inner * 10);
            o.writeFields();
        }
        private void readObject(ObjectInputStream i) throws IOException, ClassNotFoundException {
            inner = i.readFields().get("renamed", -1);
        }
    }
    static class Uid implements Serializable {
        int a;
        String b;
        public void m() {}
        static { System.out.print(""); }
        private static final int K = 3;
    }
    static class Explicit implements Serializable {
        private static final long serialVersionUID = 42L;
    }
    static class Parent {
        protected Parent() { System.out.print("Parent() "); }
    }
    static class Child extends Parent implements Serializable {
        { System.out.print("Child init "); }
        private void readObjectNoData() {}
    }
    static byte[] ser(Object o) throws IOException {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(b)) {
            out.writeObject(o);
        }
        return b.toByteArray();
    }
    static Object de(byte[] b) throws Exception {
        return new ObjectInputStream(new ByteArrayInputStream(b)).readObject();
    }
    @SuppressWarnings("unchecked")
    static <T> T copy(T t) throws Exception {
        return (T) de(ser(t));
    }
    public static void main(String[] args) throws Exception {
        Custom c = copy(new Custom(21, "cust"));
        System.out.println(c.x + c.s);
        try {
            copy(new Custom(13, ""));
        } catch (InvalidObjectException e) { System.out.println(e.getMessage()); }
        Ext e = copy(new Ext(5, "ext"));
        System.out.println(e.a + e.b);
        System.out.println(
            (copy(Single.ONE) == Single.ONE) + " " + copy(new Replaced(10)).v + " " + copy(new Persist()).inner);
        for (Class<?> k : new Class<?>[] {Uid.class, Explicit.class, Custom.class, ArrayList.class, String.class,
                 Thread.State.class, int[].class, Child.class}) {
            ObjectStreamClass o = ObjectStreamClass.lookup(k);
            System.out.println(o.getName() + " " + o.getSerialVersionUID() + " " + Arrays.toString(o.getFields()));
        }
        System.out.println(
            ObjectStreamClass.lookup(Object.class) + " " + ObjectStreamClass.lookupAny(Object.class).getName());
        Child ch = new Child();
        System.out.print("| ");
        copy(ch);
        System.out.println();
        byte[] b = ser(new Explicit());
        for (int i = 0; i < b.length - 7; i++)
            if (b[i + 7] == 42 && b[i + 6] == 0) {
                b[i + 7] = 43;
                break;
            }
        try {
            de(b);
        } catch (InvalidClassException x) { System.out.println(x.getMessage()); }
        ObjectInputStream fi = new ObjectInputStream(new ByteArrayInputStream(ser(new ArrayList<>(List.of(1, 2)))));
        fi.setObjectInputFilter(ObjectInputFilter.Config.createFilter("java.util.ArrayList;!*"));
        try {
            fi.readObject();
        } catch (InvalidClassException x) { System.out.println(x.getMessage()); }
        ObjectInputFilter flt =
            i -> i.depth() > 3 ? ObjectInputFilter.Status.REJECTED : ObjectInputFilter.Status.UNDECIDED;
        fi = new ObjectInputStream(new ByteArrayInputStream(ser(List.of(List.of(List.of(List.of(1)))))));
        fi.setObjectInputFilter(flt);
        try {
            fi.readObject();
        } catch (InvalidClassException x) { System.out.println("rejected"); }
        class Loc implements Serializable {}
        try {
            copy(new Loc());
            System.out.println("local copied");
        } catch (NotSerializableException x) { System.out.println(x.getMessage()); }
        ObjectOutputStream sub = new ObjectOutputStream(new ByteArrayOutputStream()) {
            { enableReplaceObject(true); }
            protected Object replaceObject(Object o) {
                System.out.print("replace:" + o + " ");
                return o;
            }
        };
        sub.writeObject(List.of("a").get(0));
        System.out.println();
        ObjectInputStream res = new ObjectInputStream(new ByteArrayInputStream(ser(new Explicit()))) {
            protected Class<?> resolveClass(ObjectStreamClass d) throws IOException, ClassNotFoundException {
                System.out.print("resolve:" + d.getName() + " ");
                return super.resolveClass(d);
            }
        };
        System.out.println(res.readObject().getClass().getSimpleName());
    }
}
