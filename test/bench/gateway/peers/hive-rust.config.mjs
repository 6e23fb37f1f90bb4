// @graphql-hive/gateway with the query planner written in Rust.
import { defineConfig } from '@graphql-hive/gateway';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { gatewayConfig as base } from './hive.config.mjs';

export const gatewayConfig = defineConfig({ ...base, unifiedGraphHandler });
