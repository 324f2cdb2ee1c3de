export const FERRETDB_VERSION = '1.24.2';

/** By hand: `go get` asks for a list of versions, which a module proxy need not have. */
export const FERRETDB_MODULE = `module onward/ferretdb-for-tests

go 1.24

require github.com/FerretDB/FerretDB v${FERRETDB_VERSION}
`;

/** Its own command refuses to start without version files that its build generates; its package does not. */
export const FERRETDB_MAIN = `package main

import (
	"context"
	"flag"
	"fmt"
	"log"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:27017", "address")
	sqlite := flag.String("sqlite", "file:./", "folder of the data, as a SQLite URI")
	version := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *version {
		fmt.Println("FerretDB ${FERRETDB_VERSION}")
		return
	}
	listener := ferretdb.ListenerConfig{TCP: *listen}
	server, err := ferretdb.New(&ferretdb.Config{Listener: listener, Handler: "sqlite", SQLiteURL: *sqlite})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(server.Run(context.Background()))
}
`;
