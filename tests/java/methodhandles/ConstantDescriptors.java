import java.lang.constant.*;
import java.lang.invoke.*;
import java.util.*;

/** java.lang.constant descriptors resolved to live values, and Lookup conversions. */
public class ConstantDescriptors {
    static int sq(int x) { return x * x; }
    public static void main(String[] args) throws Throwable {
        MethodHandles.Lookup lk = MethodHandles.lookup();
        System.out.println(ConstantDescs.CD_String);
        ClassDesc me = ClassDesc.of("ConstantDescriptors");
        DirectMethodHandleDesc d = MethodHandleDesc.ofMethod(
            DirectMethodHandleDesc.Kind.STATIC, me, "sq", MethodTypeDesc.ofDescriptor("(I)I"));
        System.out.println(((MethodHandle) d.resolveConstantDesc(lk)).invoke(9) + " " + d + " " + d.lookupDescriptor());
        System.out.println(ConstantDescs.CD_String.resolveConstantDesc(lk) + " "
            + ClassDesc.ofDescriptor("[[I").resolveConstantDesc(lk) + " " + String.class.describeConstable().get() + " "
            + int[].class.describeConstable().get().displayName() + " "
            + MethodType.methodType(int.class, String.class).describeConstable().get().displayDescriptor());
        DynamicConstantDesc<?> dyn =
            DynamicConstantDesc.ofNamed(ConstantDescs.BSM_INVOKE, "x", ConstantDescs.CD_int, d, 12);
        System.out.println(dyn.resolveConstantDesc(lk) + " "
            + DynamicConstantDesc.of(ConstantDescs.BSM_PRIMITIVE_CLASS, ConstantDescs.CD_int.descriptorString())
                .constantName()
            + " " + ConstantDescs.NULL.resolveConstantDesc(lk) + " "
            + Thread.State.NEW.describeConstable().get().resolveConstantDesc(lk));
        System.out.println(me.nested("In").descriptorString() + " " + me.arrayType().displayName() + " "
            + ClassDesc.of("a.b", "C").packageName() + " " + me.isClassOrInterface()
            + ConstantDescs.CD_int.isPrimitive() + " "
            + MethodTypeDesc.of(me, ConstantDescs.CD_long).insertParameterTypes(0, me).descriptorString());
        for (String bad : new String[] {"", "I", "Lx", "La.b;", "V["}) try {
                System.out.println(ClassDesc.ofDescriptor(bad));
            } catch (IllegalArgumentException e) { System.out.println("IAE " + bad); }
        try {
            ClassDesc.of("no.Such").resolveConstantDesc(lk);
        } catch (ReflectiveOperationException e) { System.out.println(e); }
        System.out.println(Integer.valueOf(5).describeConstable() + " "
            + "s".describeConstable() + " "
            + lk.findVirtual(String.class, "length", MethodType.methodType(int.class)).describeConstable().get() + " "
            + new EnumMap<>(Map.of(Thread.State.NEW, 1)));
    }
}
