using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CityPerception.Storage.Operations.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PeopleCasesLinksRollups : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "access_state",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_state", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    scopes = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    rate = table.Column<int>(type: "integer", nullable: true),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    expires_at = table.Column<long>(type: "bigint", nullable: true),
                    revoked_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "appeal_verdicts",
                columns: table => new
                {
                    first = table.Column<Guid>(type: "uuid", nullable: false),
                    second = table.Column<Guid>(type: "uuid", nullable: false),
                    first_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    second_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    is_same = table.Column<bool>(type: "boolean", nullable: false),
                    reason = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_appeal_verdicts", x => new { x.first, x.second });
                });

            migrationBuilder.CreateTable(
                name: "appeals",
                columns: table => new
                {
                    key = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    measurement = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    source = table.Column<string>(type: "text", nullable: false),
                    time_ns = table.Column<long>(type: "bigint", nullable: false),
                    series = table.Column<long>(type: "bigint", nullable: false),
                    district = table.Column<string>(type: "text", nullable: true),
                    grid = table.Column<string>(type: "text", nullable: true),
                    category = table.Column<string>(type: "text", nullable: true),
                    lat = table.Column<double>(type: "double precision", nullable: true),
                    lon = table.Column<double>(type: "double precision", nullable: true),
                    fingerprint = table.Column<byte[]>(type: "bytea", nullable: true),
                    representative = table.Column<Guid>(type: "uuid", nullable: false),
                    via = table.Column<Guid>(type: "uuid", nullable: true),
                    by_hand = table.Column<bool>(type: "boolean", nullable: false),
                    score = table.Column<double>(type: "double precision", nullable: true),
                    text = table.Column<double>(type: "double precision", nullable: true),
                    place = table.Column<double>(type: "double precision", nullable: true),
                    evidence = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    category_score = table.Column<double>(type: "double precision", nullable: true),
                    time_score = table.Column<double>(type: "double precision", nullable: true),
                    metres = table.Column<double>(type: "double precision", nullable: true),
                    hours = table.Column<double>(type: "double precision", nullable: true),
                    revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_appeals", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    who = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    action = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    target = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    origin = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    result = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "case_book",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    edition = table.Column<int>(type: "integer", nullable: false),
                    draft = table.Column<int>(type: "integer", nullable: true),
                    draft_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_case_book", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cases",
                columns: table => new
                {
                    edition = table.Column<int>(type: "integer", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    district = table.Column<string>(type: "text", nullable: false),
                    grid = table.Column<string>(type: "text", nullable: false),
                    category = table.Column<string>(type: "text", nullable: false),
                    dept = table.Column<string>(type: "text", nullable: false),
                    begun_at = table.Column<long>(type: "bigint", nullable: false),
                    changed_at = table.Column<long>(type: "bigint", nullable: false),
                    ended_at = table.Column<long>(type: "bigint", nullable: true),
                    deadline_at = table.Column<long>(type: "bigint", nullable: true),
                    is_deadline_sent = table.Column<bool>(type: "boolean", nullable: false),
                    is_open = table.Column<bool>(type: "boolean", nullable: false),
                    misses = table.Column<bool>(type: "boolean", nullable: false),
                    on_time = table.Column<bool>(type: "boolean", nullable: true),
                    reworks = table.Column<int>(type: "integer", nullable: false),
                    returns = table.Column<int>(type: "integer", nullable: false),
                    mediated = table.Column<bool>(type: "boolean", nullable: true),
                    agreed = table.Column<bool>(type: "boolean", nullable: true),
                    clock_at = table.Column<long>(type: "bigint", nullable: true),
                    is_cut = table.Column<bool>(type: "boolean", nullable: false),
                    events = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cases", x => new { x.edition, x.id, x.source });
                });

            migrationBuilder.CreateTable(
                name: "dirty_hours",
                columns: table => new
                {
                    channel = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    measurement = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    start = table.Column<long>(type: "bigint", nullable: false),
                    pending = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dirty_hours", x => new { x.channel, x.measurement, x.start });
                });

            migrationBuilder.CreateTable(
                name: "link_state",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    epoch = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_link_state", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rollup_watermarks",
                columns: table => new
                {
                    channel = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    window = table.Column<string>(type: "character varying(8)", maxLength: 8, nullable: false),
                    through = table.Column<long>(type: "bigint", nullable: false),
                    holder = table.Column<Guid>(type: "uuid", nullable: true),
                    held_until = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rollup_watermarks", x => new { x.channel, x.window });
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    password_hash = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: false),
                    stamp = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    roles = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    disabled_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_users", x => x.id);
                });

            migrationBuilder.InsertData(
                table: "access_state",
                columns: new[] { "id", "revision" },
                values: new object[] { 1, 0L });

            migrationBuilder.InsertData(
                table: "case_book",
                columns: new[] { "id", "draft", "draft_at", "edition" },
                values: new object[] { 1, null, 0L, 1 });

            migrationBuilder.InsertData(
                table: "link_state",
                columns: new[] { "id", "epoch", "revision" },
                values: new object[] { 1, 0L, 0L });

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_hash",
                table: "api_keys",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_appeal_verdicts_revision",
                table: "appeal_verdicts",
                column: "revision");

            migrationBuilder.CreateIndex(
                name: "ix_appeals_representative",
                table: "appeals",
                column: "representative");

            migrationBuilder.CreateIndex(
                name: "ix_appeals_revision",
                table: "appeals",
                column: "revision");

            migrationBuilder.CreateIndex(
                name: "ix_appeals_time_ns",
                table: "appeals",
                column: "time_ns");

            migrationBuilder.CreateIndex(
                name: "ix_audit_at",
                table: "audit",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_cases_edition_changed_at",
                table: "cases",
                columns: new[] { "edition", "changed_at" });

            migrationBuilder.CreateIndex(
                name: "ix_cases_edition_clock_at",
                table: "cases",
                columns: new[] { "edition", "clock_at" },
                filter: "clock_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_cases_edition_deadline_at",
                table: "cases",
                columns: new[] { "edition", "deadline_at" },
                filter: "is_open");

            migrationBuilder.CreateIndex(
                name: "ix_users_name",
                table: "users",
                column: "name",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "access_state");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "appeal_verdicts");

            migrationBuilder.DropTable(
                name: "appeals");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "case_book");

            migrationBuilder.DropTable(
                name: "cases");

            migrationBuilder.DropTable(
                name: "dirty_hours");

            migrationBuilder.DropTable(
                name: "link_state");

            migrationBuilder.DropTable(
                name: "rollup_watermarks");

            migrationBuilder.DropTable(
                name: "users");
        }
    }
}
