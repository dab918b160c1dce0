package io.voxelflight.sql;

import io.voxelflight.sql.catalogue.Catalogue;

/** What there is to be asked at one version of the schema: the tables, who prepares statements over them, and their plans. */
record Surface(Catalogue catalogue, Statements statements, PlanCache plans) {}
