drop table exports;
drop table erasures;
