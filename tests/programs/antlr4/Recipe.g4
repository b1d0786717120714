grammar Recipe;

recipe : 'recipe' name=STRING '{' step* '}' EOF ;

step
    : 'grind' amount            # Grind
    | 'pour' amount ('at' temperature)?   # Pour
    | 'wait' duration           # Wait
    | 'if' condition step ('else' step)?  # Choice
    | '{' step* '}'             # Group
    ;

amount : number ('g' | 'ml') ;
temperature : number 'C' ;
duration : (number ('s' | 'min'))+ ;

condition
    : condition 'and' condition
    | condition 'or' condition
    | 'not' condition
    | ID ('<' | '>' | '=') number
    | '(' condition ')'
    ;

number : NUMBER ;

NUMBER : DIGIT+ ('.' DIGIT+)? ;
ID : LETTER (LETTER | DIGIT | '_')* ;
STRING : '"' (~["\\\r\n] | '\\' .)* '"' ;
COMMENT : '//' ~[\r\n]* -> channel(HIDDEN) ;
BLOCK : '/*' .*? '*/' -> skip ;
WS : [ \t\r\n]+ -> skip ;

fragment DIGIT : [0-9] ;
fragment LETTER : [a-zA-Z\u00c0-\u00ff] ;
