using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CityPerception.Storage.Operations.Migrations.Sqlite
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
                    first = table.Column<Guid>(type: "TEXT", nullable: false),
                    second = table.Column<Guid>(type: "TEXT", nullable: false),
                    first_id = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    second_id = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    is_same = table.Column<bool>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    by = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_appeal_verdicts", x => new { x.first, x.second });
                });

            migrationBuilder.CreateTable(
                name: "appeals",
                columns: table => new
                {
                    key = table.Column<Guid>(type: "TEXT", nullable: false),
                    id = table.Column<string>(type: "TEXT", maxLength: 400, nullable: true),
                    measurement = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    time_ns = table.Column<long>(type: "INTEGER", nullable: false),
                    series = table.Column<long>(type: "INTEGER", nullable: false),
                    district = table.Column<string>(type: "TEXT", nullable: true),
                    grid = table.Column<string>(type: "TEXT", nullable: true),
                    category = table.Column<string>(type: "TEXT", nullable: true),
                    lat = table.Column<double>(type: "REAL", nullable: true),
                    lon = table.Column<double>(type: "REAL", nullable: true),
                    fingerprint = table.Column<byte[]>(type: "BLOB", nullable: true),
                    representative = table.Column<Guid>(type: "TEXT", nullable: false),
                    via = table.Column<Guid>(type: "TEXT", nullable: true),
                    by_hand = table.Column<bool>(type: "INTEGER", nullable: false),
                    score = table.Column<double>(type: "REAL", nullable: true),
                    text = table.Column<double>(type: "REAL", nullable: true),
                    place = table.Column<double>(type: "REAL", nullable: true),
                    evidence = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    category_score = table.Column<double>(type: "REAL", nullable: true),
                    time_score = table.Column<double>(type: "REAL", nullable: true),
                    metres = table.Column<double>(type: "REAL", nullable: true),
                    hours = table.Column<double>(type: "REAL", nullable: true),
                    revision = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_appeals", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "link_state",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    epoch = table.Column<long>(type: "INTEGER", nullable: false)
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
