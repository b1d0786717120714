package support;

import java.util.Arrays;

/** Values folded into one number, without anything that differs between runs: identities, addresses. */
public final class Checksum {
    private long value = 17;

    public long value() {
        return value;
    }

    public void add(long x) {
        value = (value ^ x) * 0x9E3779B97F4A7C15L;
        value ^= value >>> 29;
    }

    public void add(int x) {
        add((long) x);
    }

    public void add(boolean x) {
        add(x ? 3L : 2L);
    }

    public void add(float x) {
        add((long) Float.floatToIntBits(x));
    }

    public void add(double x) {
        add(Double.doubleToLongBits(x));
    }

    public void add(String x) {
        add(x == null ? -5L : x.hashCode() * 31L + x.length());
    }

    public void add(Object x) {
        if (x == null) {
            add(-7L);
        } else if (x instanceof int[] a) {
            add((long) Arrays.hashCode(a));
        } else if (x instanceof long[] a) {
            add((long) Arrays.hashCode(a));
        } else if (x instanceof double[] a) {
            for (double d : a) {
                add(d);
            }
        } else if (x instanceof float[] a) {
            for (float f : a) {
                add(f);
            }
        } else if (x instanceof byte[] a) {
            add((long) Arrays.hashCode(a));
        } else if (x instanceof short[] a) {
            add((long) Arrays.hashCode(a));
        } else if (x instanceof char[] a) {
            add((long) Arrays.hashCode(a));
        } else if (x instanceof boolean[] a) {
            add((long) Arrays.hashCode(a));
        } else if (x instanceof Object[] a) {
            add(a.length);
            for (Object o : a) {
                if (!(o instanceof Object[])) {
                    add(o);
                }
            }
        } else if (x instanceof Number || x instanceof String || x instanceof Character || x instanceof Boolean) {
            add(x.getClass().getName());
            add(x.toString());
        } else {
            add(x.getClass().isHidden() ? "hidden" : x.getClass().getName());
            add((long) x.hashCode());
        }
    }

    /** The static fields of a program. */
    public void state(int i, long l, float f, double d, int small, boolean z, String t, Object o, int[] a) {
        add(i);
        add(l);
        add(f);
        add(d);
        add(small);
        add(z);
        add(t);
        add(o);
        add(a);
    }

    /** The fields of a node. */
    public void node(Node node) {
        if (node == null) {
            add(-1);
            return;
        }
        add(node.getClass().getName());
        state(node.i + 31 * node.v, node.l + 31 * node.w, node.f, node.d, node.b + 31 * node.h + 17 * node.c, node.z, node.t,
            null, node.a);
    }

    /** Class, message and the frames in generated code. */
    public void addThrown(Throwable thrown) {
        add(thrown.getClass().getName());
        if (thrown instanceof StackOverflowError || thrown instanceof OutOfMemoryError) {
            return;
        }
        String message = thrown.getMessage();
        if (message != null) {
            // Names of class loaders have an identity hash in them.
            int from = message.indexOf(" (");
            add(from < 0 ? message : message.substring(0, from));
        }
        for (StackTraceElement element : thrown.getStackTrace()) {
            if (element.getClassName().startsWith("P")) {
                add(element.getMethodName());
                add(element.getLineNumber());
            }
        }
    }
}
