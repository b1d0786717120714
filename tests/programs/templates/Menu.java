import freemarker.template.Configuration;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

public class Menu {
    public static class Drink {
        private final String name;
        private final int cents;

        Drink(String name, int cents) {
            this.name = name;
            this.cents = cents;
        }

        public String getName() {
            return name;
        }

        public int getCents() {
            return cents;
        }

        public String big(int factor) {
            return name + "x" + factor;
        }
    }

    static final String FREEMARKER = """
            <#macro row d i><#if i % 2 == 0>*<#else>-</#if> ${d.name?cap_first?right_pad(12, ".")} ${(d.cents / 100)?string("0.00")}
            </#macro>
            <#list drinks as d><@row d=d i=d?index/></#list>
            <#assign total = 0><#list drinks as d><#assign total += d.cents></#list>${total} ${total?c} ${now!"never"}
            <#list drinks?filter(d -> d.cents gt 500)?sort_by("name") as d>${d.big(2)}<#sep>, </#list>
            ${"<b>"?html} ${"a,b,c"?split(",")?join("/")} <#switch drinks?size><#case 12>dozen<#break><#default>?</#switch>
            """;

    static final String VELOCITY = """
            #macro(line $d)$velocityCount $d.name.toUpperCase() #if($d.cents > 600)dear#{else}fine#end
            #end
            #foreach($d in $drinks)#line($d)#end
            #set($sum = 0)#foreach($d in $drinks)#set($sum = $sum + $d.cents)#end
            sum $sum $!nothing ${drinks.size()} $drinks.get(3).big(5)
            """;

    public static void main(String[] args) throws Exception {
        List<Drink> drinks = new ArrayList<>();
        for (int i = 0; i < 12; i++) drinks.add(new Drink("drink" + (char) ('a' + i), i * 137 % 1000));
        Map<String, Object> model = new HashMap<>();
        model.put("drinks", drinks);

        Configuration configuration = new Configuration(Configuration.VERSION_2_3_31);
        configuration.setLocale(Locale.US);
        configuration.setLogTemplateExceptions(false);
        configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        StringWriter out = new StringWriter();
        new Template("menu", new StringReader(FREEMARKER), configuration).process(model, out);
        System.out.println(out);
        try {
            new Template("bad", new StringReader("a ${missing.thing} b"), configuration).process(model, new StringWriter());
        } catch (TemplateException e) {
            System.out.println(e.getClass().getSimpleName() + " " + e.getBlamedExpressionString() + " " + e.getLineNumber());
        }

        VelocityEngine velocity = new VelocityEngine();
        velocity.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        velocity.init();
        StringWriter page = new StringWriter();
        velocity.evaluate(new VelocityContext(model), page, "menu", VELOCITY);
        System.out.println(page);
    }
}
