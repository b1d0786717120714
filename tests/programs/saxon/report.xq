declare function local:sum($lots as element(lot)*) as xs:integer {
  if (empty($lots)) then 0 else xs:integer($lots[1]/kilos) + local:sum(subsequence($lots, 2))
};
<report>{
  for $lot in /cellar/lot
  group by $land := string($lot/@land)
  order by $land
  return
    <land name="{upper-case($land)}" lots="{count($lot)}" kilos="{local:sum($lot)}" mean="{round-half-to-even(avg($lot/kilos), 3)}">{
      for $l in $lot[note][position() le 3] return <note id="{$l/@id}">{replace($l/note, 'caf.', 'coffee')}</note>
    }</land>,
  <best>{string-join(sort(/cellar/lot[kilos > 80]/name ! normalize-space(.)), '; ')}</best>,
  <types>{ (1 idiv 0)[false()], 7 div 2, xs:date('2024-02-28') + xs:dayTimeDuration('P2D'), tokenize('a b  c', '\s+')[3], map { 'k': 5 }?k, array { 1 to 4 }?3 }</types>,
  <error>{ try { error(xs:QName('oops'), 'told') } catch * { $err:description } }</error>
}</report>
