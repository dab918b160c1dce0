/**
 * What the catalog knows of datasets, and the capabilities by which others read and change it. Values and interfaces
 * only; PostgreSQL is behind them.
 */
@NullMarked
package io.voxelflight.catalog.api;

import org.jspecify.annotations.NullMarked;
