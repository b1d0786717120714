%%
%class Orders
%unicode
%line
%column
%type String
%state STRING
%{
  private final StringBuilder text = new StringBuilder();
%}
Name = [:jletter:] [:jletterdigit:]*
Count = 0 | [1-9][0-9]*
Space = [ \t\r\n]+
%%
<YYINITIAL> {
 "order" { return "ORDER"; }
 "of" { return "OF"; }
 {Name} { return "NAME"; }
 {Count} { return "COUNT"; }
 {Space} { }
 \" { text.setLength(0); yybegin(STRING); }
}
<STRING> {
 \" { yybegin(YYINITIAL); return text.toString(); }
 [^\n\r\"\\]+ { text.append(yytext()); }
 \\t { text.append('\t'); }
}
[^] { throw new Error("unexpected " + yytext()); }
