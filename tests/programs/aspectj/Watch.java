import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.AfterThrowing;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;

/** Advice in annotations. */
@Aspect
public class Watch {
    @Around("execution(* Brew.pour(..)) && args(what, cups)")
    public Object around(ProceedingJoinPoint point, String what, int cups) throws Throwable {
        System.out.println("pouring " + what + " by " + point.getSignature());
        return point.proceed(new Object[] {what.toUpperCase(), cups + 1});
    }

    @Before("call(void Brew.spill())")
    public void before() {
        System.out.println("about to spill");
    }

    @AfterThrowing(pointcut = "execution(void Brew.spill())", throwing = "e")
    public void after(IllegalStateException e) {
        System.out.println("seen " + e.getMessage());
    }
}
