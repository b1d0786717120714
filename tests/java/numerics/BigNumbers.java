import java.math.*;
import java.util.*;

/** BigInteger and BigDecimal. */
public class BigNumbers {
    public static void main(String[] args) {
        BigInteger f = BigInteger.ONE;
        for (int i = 2; i <= 120; i++) f = f.multiply(BigInteger.valueOf(i));
        System.out.println(f + " " + f.bitLength() + " " + f.hashCode());
        BigInteger a = new BigInteger("123456789012345678901234567890"),
                   b = new BigInteger("-987654321098765432109876543210"),
                   m = BigInteger.TWO.pow(127).subtract(BigInteger.ONE);
        System.out.println(a.add(b) + " " + a.subtract(b) + " " + a.multiply(b) + " " + b.divide(a) + " "
            + b.remainder(a) + " " + b.mod(a) + " " + Arrays.toString(b.divideAndRemainder(BigInteger.valueOf(97))));
        System.out.println(a.gcd(b) + " " + a.modPow(b.negate(), m) + " " + a.modInverse(m) + " "
            + m.isProbablePrime(20) + " " + a.sqrt() + " " + a.pow(7));
        System.out.println(a.and(b) + " " + a.or(b) + " " + a.xor(b) + " " + a.not() + " " + a.shiftLeft(67) + " "
            + b.shiftRight(67) + " " + b.testBit(3) + " " + a.setBit(200) + " " + b.bitCount() + " "
            + a.getLowestSetBit());
        System.out.println(a.toString(36) + " " + b.toString(2) + " " + new BigInteger("-zz", 36) + " " + a.intValue()
            + " " + b.longValue() + " " + a.doubleValue() + " " + b.floatValue() + " "
            + Arrays.toString(b.toByteArray()) + " " + new BigInteger(1, new byte[] {-1, -2}));
        BigInteger fib1 = BigInteger.ZERO, fib2 = BigInteger.ONE;
        for (int i = 0; i < 1500; i++) {
            BigInteger t = fib1.add(fib2);
            fib1 = fib2;
            fib2 = t;
        }
        System.out.println(fib1.mod(BigInteger.TEN.pow(30)) + " " + fib1.toString().length());
        BigInteger big = BigInteger.TWO.pow(8000).subtract(BigInteger.valueOf(12345)),
                   big2 = BigInteger.valueOf(3).pow(6000);
        System.out.println(big.multiply(big2).mod(m) + " " + big.divide(big2.shiftRight(3000)).mod(m) + " "
            + big.multiply(big).mod(m) + " " + big.toString().hashCode() + " "
            + new BigInteger(big.toString()).equals(big));
        System.out.println(
            new BigInteger(100, new Random(5)) + " " + new BigInteger("2305843009213693951").nextProbablePrime());
        try {
            a.intValueExact();
        } catch (ArithmeticException e) { System.out.println(e.getMessage()); }
        try {
            a.divide(BigInteger.ZERO);
        } catch (ArithmeticException e) { System.out.println(e.getMessage()); }
        BigDecimal x = new BigDecimal("123.4500"), y = new BigDecimal("-0.0067");
        System.out.println(x.add(y) + " " + x.subtract(y) + " " + x.multiply(y) + " "
            + x.divide(y, 10, RoundingMode.HALF_UP) + " " + x.divide(y, MathContext.DECIMAL64) + " " + x.remainder(y)
            + " " + x.scale() + " " + x.precision() + " " + x.stripTrailingZeros() + " " + x.negate() + " "
            + x.equals(new BigDecimal("123.45")) + " " + x.compareTo(new BigDecimal("123.45")));
        for (RoundingMode r : RoundingMode.values()) {
            if (r == RoundingMode.UNNECESSARY) continue;
            System.out.print(r + ":");
            for (String s : "5.5 2.5 1.6 1.1 1.0 -1.0 -1.1 -1.6 -2.5 -5.5".split(" "))
                System.out.print(" " + new BigDecimal(s).setScale(0, r));
            System.out.println();
        }
        try {
            BigDecimal.ONE.divide(new BigDecimal(3));
        } catch (ArithmeticException e) { System.out.println(e.getMessage()); }
        System.out.println(BigDecimal.ONE.divide(new BigDecimal(3), MathContext.DECIMAL128) + " "
            + new BigDecimal(2).sqrt(new MathContext(50)) + " " + new BigDecimal(0.1) + " " + BigDecimal.valueOf(0.1)
            + " " + new BigDecimal("1E+5") + " " + new BigDecimal("1E+5").toPlainString() + " "
            + new BigDecimal("123456E-10") + " " + new BigDecimal("123456E-10").toEngineeringString() + " "
            + new BigDecimal("1e400").doubleValue() + " " + new BigDecimal("0.000").signum());
        BigDecimal e = BigDecimal.ONE, term = BigDecimal.ONE;
        for (int i = 1; i < 60; i++) {
            term = term.divide(BigDecimal.valueOf(i), 70, RoundingMode.HALF_EVEN);
            e = e.add(term);
        }
        System.out.println(e);
        System.out.println(new BigDecimal("9.999E+3").round(new MathContext(2)) + " "
            + new BigDecimal("12345.678").movePointLeft(7) + " " + new BigDecimal("12345.678").scaleByPowerOfTen(5)
            + " " + new BigDecimal("12.50").hashCode() + " " + new BigDecimal("12.50").unscaledValue() + " "
            + new BigDecimal("1234.5").pow(5) + " " + new BigDecimal("-7.5").toBigInteger() + " "
            + new BigDecimal("100").ulp());
    }
}
