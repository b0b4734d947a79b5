using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CityPerception.Storage.Operations.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class AppealLinks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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

            migrationBuilder.InsertData(
                table: "link_state",
                columns: new[] { "id", "epoch", "revision" },
                values: new object[] { 1, 0L, 0L });

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "appeal_verdicts");

            migrationBuilder.DropTable(
                name: "appeals");

            migrationBuilder.DropTable(
                name: "link_state");
        }
    }
}
