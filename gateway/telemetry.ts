/**
 * Imported before anything of @apollo/gateway: its constructor else looks for a cloud's metadata service and reports to
 * Apollo every hour. Nothing of ours calls an address outside the configured tools.
 */
process.env['APOLLO_TELEMETRY_DISABLED'] = '1';
